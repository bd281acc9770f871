import { GatewayError, parseRecipient, type MessageStreamRequest } from '@gateway/contracts';
import { botUserId, type Settings } from '@gateway/runtime';
import { requireSignedIn } from '../accounts/signed-in.ts';
import type { ApiContext, Caller } from '../context.ts';
import { requireAccount } from '../middleware/api-key.ts';
import type { Destination } from './reply-events.ts';

/**
 * The destination of the reply; `null` if the reply is only streamed.
 * @throws {GatewayError} `BOT_NOT_CONFIGURED`, `FORBIDDEN`, `ASSISTANT_FORBIDDEN`, `NOT_AUTHORIZED`.
 */
export async function destinationOf(
  { settings, producer }: Pick<ApiContext, 'settings' | 'producer'>,
  { user_id, send_to_telegram, send_as_user, recipient_id: recipient }: MessageStreamRequest,
  caller: Caller,
): Promise<Destination | null> {
  if (!send_to_telegram || recipient === undefined) return null;
  const userId = send_as_user ? user_id : botUserId(settings);
  if (userId === null) throw new GatewayError('BOT_NOT_CONFIGURED');
  requireAccount(caller, userId);
  if (!isAllowed(settings, userId, recipient)) throw new GatewayError('ASSISTANT_FORBIDDEN');
  return { userId, recipient, view: await requireSignedIn(producer, userId) };
}

/** Whether `ASSISTANT_ALLOW` permits the assistant to write to the chat from this account. */
function isAllowed(
  { ASSISTANT_ALLOW: allowed }: Pick<Settings, 'ASSISTANT_ALLOW'>,
  userId: string,
  recipient: string,
): boolean {
  if (allowed === undefined) return true;
  return allowed.some(
    ({ account, chat }) =>
      (account === '*' || account === userId) && (chat === null || formOf(chat) === formOf(recipient)),
  );
}

/** A canonical form: equal for all notations of the same recipient. */
function formOf(recipient: string): string {
  return JSON.stringify(parseRecipient(recipient));
}

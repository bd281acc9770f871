import { GatewayError, type Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';
import { messagesById } from './history/messages-by-id.ts';
import { withRecipient } from './with-recipient.ts';

export interface Deletion {
  recipient: Recipient;
  messageIds: number[];
  /** false: only for the account itself, which channels and supergroups do not offer. */
  forEveryone: boolean;
  /** When the caller requested the deletion, ms since the epoch. */
  askedAt?: number | undefined;
}

/**
 * Deletes messages of one chat. Telegram's call names no chat, so the messages are read first: those of another chat
 * are not touched. A message that is gone is a success.
 */
export async function deleteMessages(
  caller: Caller,
  recipients: Recipients,
  deletion: Deletion,
): Promise<{ deleted: number[] }> {
  const { messageIds, forEveryone: revoke } = deletion;
  return withRecipient(recipients, deletion, async ({ input }) => {
    const isChannel = input instanceof Api.InputPeerChannel;
    if (isChannel && !revoke) throw onlyForEveryone();
    const found = await messagesById(caller, input, messageIds);
    const id = found.filter(({ isInChat }) => isInChat).map(({ message }) => message.id);
    if (id.length > 0)
      await caller.act(
        isChannel
          ? new Api.channels.DeleteMessages({ channel: new Api.InputChannel(input), id })
          : new Api.messages.DeleteMessages({ id, revoke }),
      );
    return { deleted: messageIds };
  });
}

function onlyForEveryone(): TelegramFailure {
  const [path, message] = ['for_everyone', 'must be true in a channel or supergroup'];
  const error = new GatewayError('VALIDATION', `${path} ${message}`, { issues: [{ path, message }] });
  return new TelegramFailure({ outcome: 'fail', asked: false }, error);
}

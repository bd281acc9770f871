import { GatewayError, type Recipient, type StoredFile } from '@gateway/contracts';
import type { Caller } from '../../caller.ts';
import { TelegramFailure } from '../../errors/telegram-failure.ts';
import type { Recipients } from '../../peers/recipients.ts';
import { isOfServiceAccount, isServiceAccount } from '../../shown/service-account.ts';
import { storedFileOf } from '../media/store-media.ts';
import { withRecipient } from '../with-recipient.ts';
import { messageById, messageNotFound } from './messages-by-id.ts';

/** A message whose file is wanted. */
interface FileMessage {
  recipient: Recipient;
  messageId: number;
  /** When the caller requested it, ms since the epoch. */
  askedAt?: number | undefined;
}

/**
 * Finds the file of a message, under a fresh file reference.
 * @throws {TelegramFailure} `MESSAGE_NOT_FOUND` if the chat has no such message, or if it is of Telegram's own account;
 * `MEDIA_UNAVAILABLE` if the message has no file.
 */
export async function findFile(
  caller: Caller,
  recipients: Recipients,
  wanted: FileMessage,
): Promise<StoredFile> {
  return withRecipient(recipients, wanted, async ({ input }) => {
    if (isServiceAccount(input)) throw messageNotFound();
    const message = await messageById(caller, input, wanted.messageId);
    if (isOfServiceAccount(message)) throw messageNotFound();
    const stored = storedFileOf(message.media);
    if (stored === undefined)
      throw new TelegramFailure(
        { outcome: 'fail' },
        new GatewayError('MEDIA_UNAVAILABLE', 'That message has no file.'),
      );
    return stored;
  });
}

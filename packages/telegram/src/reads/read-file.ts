import { GatewayError, type ThumbnailSize } from '@gateway/contracts';
import type { Asker } from '../caller.ts';
import { messageById } from '../calls/history/messages-by-id.ts';
import { withRecipient } from '../calls/with-recipient.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import { locateFile, type LocatedFile } from '../files/located-file.ts';
import type { Recipients } from '../peers/recipients.ts';
import { readFileId } from '../shown/file-id.ts';
import { isOfServiceAccount, isServiceAccount } from '../shown/service-account.ts';
import { peerWithId } from '../shown/shown-chat.ts';

export interface FileQuery {
  fileId: string;
  /** A thumbnail in place of the file, if given. */
  size: ThumbnailSize | null;
  /** The id of the account. */
  ownId: string;
}

/** Codes that say that the account has no such message, or no longer. */
const GONE: ReadonlySet<string> = new Set(['MESSAGE_NOT_FOUND', 'RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED']);

/**
 * Finds a file by reading its message. The file of another account, or of Telegram's own one, is not found.
 * @throws {TelegramFailure} `FILE_NOT_FOUND`, or the failure of a call.
 */
export async function readFile(
  asker: Asker,
  recipients: Recipients,
  { fileId, size, ownId }: FileQuery,
): Promise<LocatedFile> {
  const place = readFileId(fileId);
  if (place === undefined || place.ownId !== ownId) throw fileNotFound();
  const { chatId, messageId } = place;
  const recipient = chatId === ownId ? ({ kind: 'self' } as const) : peerWithId(chatId);
  try {
    return await withRecipient(recipients, { recipient }, async ({ input: peer }) => {
      if (isServiceAccount(peer)) throw fileNotFound();
      const message = await messageById(asker, peer, messageId);
      const file = isOfServiceAccount(message) ? undefined : locateFile(message.media, size);
      if (file === undefined) throw fileNotFound();
      return file;
    });
  } catch (error) {
    throw error instanceof TelegramFailure && GONE.has(error.error.code) ? fileNotFound(error) : error;
  }
}

function fileNotFound(cause?: TelegramFailure): TelegramFailure {
  return new TelegramFailure({ outcome: 'fail' }, new GatewayError('FILE_NOT_FOUND', undefined, { cause }));
}

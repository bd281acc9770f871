import type { Recipient, StoredFile } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../../caller.ts';
import { RpcError } from '../../errors/call-errors.ts';
import { toFailure } from '../../errors/errors.ts';
import type { Recipients } from '../../peers/recipients.ts';
import { withRecipient } from '../with-recipient.ts';
import { inputMedia, LARGEST_PHOTO, type UploadedMedia } from './outgoing-media.ts';

/** A file to store for a message to the chat. */
interface MediaToStore {
  recipient: Recipient;
  /** When the caller requested the message, ms since the epoch. */
  askedAt?: number | undefined;
  media: UploadedMedia;
}

/** Lets Telegram store an uploaded file. Nobody sees it before a message has it, so a repeated call is no harm. */
export async function storeMedia(
  caller: Caller,
  recipients: Recipients,
  given: MediaToStore,
): Promise<StoredFile> {
  const { media } = given;
  if (media.type === 'photo' && media.size > LARGEST_PHOTO) throw refused('PHOTO_SAVE_FILE_INVALID');
  return withRecipient(recipients, given, async ({ input: peer }) => {
    const stored = storedFileOf(
      await caller.ask(new Api.messages.UploadMedia({ peer, media: inputMedia(media) })),
    );
    if (stored === undefined) throw refused('MEDIA_EMPTY');
    return stored;
  });
}

/** The file of a message's media; `undefined` if there is none. */
export function storedFileOf(media: Api.TypeMessageMedia | undefined): StoredFile | undefined {
  if (media instanceof Api.MessageMediaPhoto && media.photo instanceof Api.Photo)
    return { kind: 'photo', ...namesOf(media.photo), size: 0 };
  if (media instanceof Api.MessageMediaDocument && media.document instanceof Api.Document)
    return { kind: 'document', ...namesOf(media.document), size: media.document.size.toJSNumber() };
  return undefined;
}

function namesOf({ id, accessHash, fileReference }: Api.Photo | Api.Document) {
  return {
    id: id.toString(),
    accessHash: accessHash.toString(),
    fileReference: fileReference.toString('base64'),
  };
}

function refused(rpcName: string): Error {
  return toFailure(new RpcError(400, rpcName), false);
}

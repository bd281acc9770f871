import { createCipheriv } from 'node:crypto';
import { LARGEST_PHOTO } from '../rpc/media/accept-photo.ts';
import { newFileId } from '../rpc/media/new-file.ts';
import { unixSeconds, type Telegram } from '../rpc/telegram.ts';
import type { FileType, StoredFile } from '../state/media.ts';
import type { Account } from '../state/model.ts';
import { ControlError } from './control-error.ts';
import type { MadeMediaRequest } from './http/action-requests.ts';
import { pngOf } from './png.ts';

/** In bytes. */
const CHUNK = 2 ** 20;
const [WIDTH, HEIGHT] = [320, 240];
const PICTURE = pngOf(WIDTH, HEIGHT);

type Details = Partial<StoredFile> & Pick<StoredFile, 'mimeType'>;

const DETAILS: Record<FileType, Details> = {
  photo: { mimeType: 'image/png', width: WIDTH, height: HEIGHT },
  video: { mimeType: 'video/mp4', width: WIDTH, height: HEIGHT, duration: 10, supportsStreaming: true },
  animation: { mimeType: 'video/mp4', width: WIDTH, height: HEIGHT, duration: 3 },
  audio: { mimeType: 'audio/mpeg', duration: 180, title: 'A song', performer: 'Nobody' },
  voice: { mimeType: 'audio/ogg', duration: 5, waveform: '00'.repeat(63) },
  video_note: { mimeType: 'video/mp4', width: HEIGHT, height: HEIGHT, duration: 8 },
  document: { mimeType: 'application/octet-stream' },
  sticker: { mimeType: 'image/webp', width: 512, height: 512, emoji: '🙂' },
};

/**
 * Stores a file that nobody has uploaded. Files of one size have the same bytes, whatever their type: a picture where
 * the size allows one, then noise.
 *
 * @throws {ControlError} 400 for a photo that is too large.
 */
export async function makeFile(
  telegram: Telegram,
  account: Account,
  { type, size, mime_type, file_name }: MadeMediaRequest,
): Promise<StoredFile> {
  if (type === 'photo' && size > LARGEST_PHOTO)
    throw new ControlError(400, `media.size: a photo has at most ${LARGEST_PHOTO} bytes`);
  const bytes = await telegram.files.store(chunksOf(size, size < PICTURE.length ? Buffer.alloc(0) : PICTURE));
  const file = {
    ...DETAILS[type],
    ...bytes,
    id: newFileId(),
    type,
    date: unixSeconds(telegram),
    dcId: account.homeDc,
    ...(mime_type !== undefined && { mimeType: mime_type }),
    ...(file_name !== undefined && { fileName: file_name }),
  };
  telegram.store.commit({ type: 'file_stored', file });
  return file;
}

/** The `first` bytes, then a keystream, which looks random. */
function* chunksOf(size: number, first: Buffer): Generator<Buffer> {
  if (first.length > 0) yield first;
  const cipher = createCipheriv('aes-256-ctr', Buffer.alloc(32), Buffer.alloc(16));
  for (let left = size - first.length; left > 0; left -= CHUNK)
    yield cipher.update(Buffer.alloc(Math.min(left, CHUNK)));
}

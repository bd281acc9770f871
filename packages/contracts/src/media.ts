import * as z from 'zod';
import { userIdSchema } from './recipients/user-id.ts';
import { requestBody } from './request-body.ts';

/** Random part and SHA-256 of the bytes, both base64url, and the size in base 36. */
const MAX_UPLOAD_ID = 200;
const UPLOAD_ID = /^(up_[\w-]{22})\.([\w-]{43})\.([0-9a-z]{1,8})$/;

/**
 * An id of `POST /telegram/user/uploads`. It names its bytes by digest and size, so that a repeated request is known
 * after they are gone.
 */
export const uploadIdSchema = z.string().max(MAX_UPLOAD_ID, `must be at most ${MAX_UPLOAD_ID} characters`);

/** Whether an upload may have this id. */
export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

/** @param storedAs the name of the upload's bytes in the media store: `up_` and 22 characters of base64url. */
export function uploadIdOf(storedAs: string, sha256: string, size: number): string {
  return `${storedAs}.${sha256}.${size.toString(36)}`;
}

/** @throws {TypeError} if it is not a valid upload id. */
export function readUploadId(uploadId: string): { storedAs: string; sha256: string; size: number } {
  const [, storedAs, sha256, size] = UPLOAD_ID.exec(uploadId) ?? [];
  if (storedAs === undefined || sha256 === undefined || size === undefined)
    throw new TypeError('not an upload id');
  return { storedAs, sha256, size: Number.parseInt(size, 36) };
}

/** Slashes and control characters have no place in a file name. */
// oxlint-disable-next-line no-control-regex
const NOT_IN_NAMES = /[\u0000-\u001F\u007F/\\]/g;

/** Longest file name, in UTF-16 units. */
const MAX_FILE_NAME = 255;

export const fileNameSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(MAX_FILE_NAME, `must be at most ${MAX_FILE_NAME} characters`)
  .refine((name) => name.search(NOT_IN_NAMES) < 0, 'must have no slashes and no control characters')
  .refine((name) => name.isWellFormed(), 'must be well-formed UTF-16: it holds half a surrogate pair')
  .meta({ pattern: '^[^\\u0000-\\u001F\\u007F/\\\\]+$' });

/** The name without folders and without characters that {@link fileNameSchema} refuses; `null` if nothing is left. */
export function cleanFileName(given: string): string | null {
  const last = given.split(/[/\\]/).at(-1)?.toWellFormed() ?? '';
  const name = last.replaceAll(NOT_IN_NAMES, '');
  return name === '' ? null : name.slice(-MAX_FILE_NAME).toWellFormed();
}

export const mimeTypeSchema = z
  .string()
  .regex(/^[\w!#$&^.+-]{1,64}\/[\w!#$&^.+-]{1,64}$/, 'must be a MIME type such as video/mp4');

/** The kinds of files that a message can have. */
export const MEDIA_TYPES = [
  'photo',
  'video',
  'animation',
  'audio',
  'voice',
  'video_note',
  'document',
  'sticker',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Telegram's largest album. */
export const MAX_ALBUM = 10;

/** The kinds of files that one album may hold together. The others are sent alone. */
export const ALBUM_KINDS: readonly (readonly MediaType[])[] = [['photo', 'video'], ['audio'], ['document']];

/** A part of a file that is uploaded to Telegram: the largest that it takes. */
export const FILE_PART_BYTES = 512 * 1024;

/** Longest caption of a file that every account may send, in UTF-16 units. */
export const MAX_CAPTION_LENGTH = 1024;

/** Query of `POST /telegram/user/uploads`. */
export const uploadRequestSchema = requestBody({
  user_id: userIdSchema,
  file_name: fileNameSchema.optional(),
});

export const uploadResponseSchema = z.object({
  status: z.literal('ok'),
  upload_id: z.string().describe('For `media` of this account'),
  size: z.int().describe('Bytes'),
  sha256: z.string().describe('Of the bytes, in hexadecimal'),
  mime_type: z.string().describe('Found in the bytes, else the Content-Type'),
  expires_at: z.iso.datetime().describe('A message has to use it before then'),
});

import * as z from 'zod';
import { userIdSchema } from './recipients/user-id.ts';
import { requestBody } from './request-body.ts';

/** Random part, and the SHA-256 of the bytes, both base64url. */
const UPLOAD_ID = /^(up_[\w-]{22})\.([\w-]{43})$/;

/** @param storedAs the name of the upload's bytes in the media store: `up_` and 22 characters of base64url. */
export function uploadIdOf(storedAs: string, sha256: string): string {
  return `${storedAs}.${sha256}`;
}

/** @throws {TypeError} if it is not a valid upload id. */
export function readUploadId(uploadId: string): { storedAs: string; sha256: string } {
  const [, storedAs, sha256] = UPLOAD_ID.exec(uploadId) ?? [];
  if (storedAs === undefined || sha256 === undefined) throw new TypeError('not an upload id');
  return { storedAs, sha256 };
}

/** Slashes and control characters have no place in a file name. */
// oxlint-disable-next-line no-control-regex
const NOT_IN_NAMES = /[\u0000-\u001F\u007F/\\]/g;

/** Longest file name, in UTF-16 units. */
const MAX_FILE_NAME = 255;

const fileNameSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(MAX_FILE_NAME, `must be at most ${MAX_FILE_NAME} characters`)
  .refine((name) => name.search(NOT_IN_NAMES) < 0, 'must have no slashes and no control characters')
  .refine((name) => name.isWellFormed(), 'must be well-formed UTF-16: it holds half a surrogate pair');

/** The name without folders and without characters that {@link fileNameSchema} refuses; `null` if nothing is left. */
export function cleanFileName(given: string): string | null {
  const last = given.split(/[/\\]/).at(-1)?.toWellFormed() ?? '';
  const name = last.replaceAll(NOT_IN_NAMES, '');
  return name === '' ? null : name.slice(-MAX_FILE_NAME).toWellFormed();
}

/** Query of `POST /telegram/user/uploads`. */
export const uploadRequestSchema = requestBody({
  user_id: userIdSchema,
  file_name: fileNameSchema.optional(),
});

export const uploadResponseSchema = z.object({
  status: z.literal('ok'),
  upload_id: z.string().describe('For `media` of a send. It belongs to this account'),
  size: z.int().describe('Bytes'),
  sha256: z.string().describe('Of the bytes, in hexadecimal digits'),
  mime_type: z.string().describe('Found in the bytes, else as the Content-Type says'),
  expires_at: z.iso.datetime().describe('RFC 3339, UTC. Until then a message has to use it'),
});

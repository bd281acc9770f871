import {
  addressSchema,
  ALBUM_KINDS,
  entitySchema,
  fileNameSchema,
  GatewayError,
  isUploadId,
  MAX_ALBUM,
  MEDIA_TYPES,
  messageFields,
  messageIdField,
  mimeTypeSchema,
  needs,
  readUploadId,
  recipientIdSchema,
  requestBody,
  rule,
  uploadIdSchema,
  type FormattedText,
} from '@gateway/contracts';
import * as z from 'zod';
import { fieldError } from './field-error.ts';

/** Longest title and performer, in UTF-16 units. */
const MAX_TITLE = 128;
/** Largest width, height and duration. */
const MOST = 100_000;

const pixels = z.int().positive('must be at least 1').max(MOST, `must be at most ${MOST}`);
const titleSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(MAX_TITLE, `must be at most ${MAX_TITLE} characters`);

const urlSchema = addressSchema.meta({
  description: 'Fetched at the turn of the message, from public addresses',
  examples: ['https://example.com/cat.jpg'],
});

const fromSchema = requestBody({ recipient_id: recipientIdSchema, message_id: messageIdField() }).describe(
  'A message whose file is sent again as it is; takes only `spoiler` and `text`',
);

const mediaItemSchema = requestBody({
  type: z.enum(MEDIA_TYPES, `must be one of ${MEDIA_TYPES.join(', ')}`),
  upload_id: uploadIdSchema.optional(),
  url: urlSchema.optional(),
  from: fromSchema.optional(),
  file_name: fileNameSchema.optional().describe('By default the name of the upload'),
  mime_type: mimeTypeSchema.optional().describe('By default the type of the upload'),
  spoiler: z.boolean().optional().describe('Covered until somebody taps it'),
  duration: z.number().positive('must be more than 0').max(MOST, `must be at most ${MOST}`).optional(),
  width: pixels.optional(),
  height: pixels.optional(),
  title: titleSchema.optional().describe('Of audio'),
  performer: titleSchema.optional().describe('Of audio'),
  thumbnail_upload_id: uploadIdSchema
    .optional()
    .describe('A JPEG of up to 200 KiB and 320 pixels a side, shown before the file'),
  text: messageFields.text
    .optional()
    .describe('The caption of this item. The first may have that of the request instead'),
}).meta({
  id: 'MediaItem',
  description: 'A file: of one of `upload_id`, `url` and `from`.',
  ...rule({ oneOf: [needs('upload_id'), needs('url'), needs('from')] }),
});
export type MediaItem = z.output<typeof mediaItemSchema>;

/** The files of a send: one, or an album. */
export const mediaSchema = z
  .array(mediaItemSchema)
  .min(1, 'must hold at least one file')
  .max(MAX_ALBUM, `must hold at most ${MAX_ALBUM} files`)
  .describe('2 to 10 files are an album: photos and videos, or only audio, or only documents');

/** The file of an edit: one in a list, as in a send, or by itself. */
export const oneFileSchema = z
  .preprocess(
    (given) => (typeof given === 'object' && given !== null && !Array.isArray(given) ? [given] : given),
    z.array(mediaItemSchema).length(1, 'must hold one file'),
  )
  .describe('A list of one file, as for a send');

/** A file as the job has it. Strict: an older worker puts a job with an unknown option back. */
export const mediaJobSchema = z.strictObject({
  type: z.enum(MEDIA_TYPES),
  /** The file: an upload, the address from which it is fetched, or a message that has it. */
  uploadId: z.string().optional(),
  url: z.string().optional(),
  from: z.strictObject({ recipient: z.string(), messageId: z.int() }).optional(),
  fileName: z.string().optional(),
  mimeType: z.string().optional(),
  spoiler: z.boolean().optional(),
  /** Seconds. */
  duration: z.number().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  title: z.string().optional(),
  performer: z.string().optional(),
  thumbnailUploadId: z.string().optional(),
  /** The caption of an item behind the first, and its formatting. The job has that of the first. */
  text: z.string().optional(),
  entities: z.array(entitySchema).optional(),
});

/** Options that a file at Telegram has already. */
const OF_UPLOADS = [
  'file_name',
  'mime_type',
  'duration',
  'width',
  'height',
  'title',
  'performer',
  'thumbnail_upload_id',
] as const satisfies (keyof MediaItem)[];

/** Telegram ignores a larger thumbnail. */
const MAX_THUMBNAIL_BYTES = 200 * 1024;
const WITHOUT_THUMBNAIL: readonly string[] = ['photo', 'voice', 'sticker'] satisfies MediaItem['type'][];

/**
 * @throws {GatewayError} `VALIDATION` if one album cannot hold these items, or unless each has one source.
 * `UPLOAD_NOT_FOUND` for an id that no upload has. `MEDIA_UNAVAILABLE` for an address that is never fetched.
 */
export function checkMedia(media: readonly MediaItem[]): void {
  for (const [index, item] of media.entries()) {
    const sources = [item.upload_id, item.url, item.from].filter((each) => each !== undefined);
    if (sources.length !== 1) throw fieldError(`media.${index}`, 'must have one of upload_id, url and from');
    const fixed = item.from === undefined ? undefined : OF_UPLOADS.find((name) => item[name] !== undefined);
    if (fixed !== undefined)
      throw fieldError(`media.${index}.${fixed}`, 'must be absent where there is a from');
    if ([item.upload_id, item.thumbnail_upload_id].some((id) => id !== undefined && !isUploadId(id)))
      throw new GatewayError('UPLOAD_NOT_FOUND');
    if (item.url !== undefined) checkAddress(item.url, `media.${index}.url`);
    checkThumbnail(item, `media.${index}.thumbnail_upload_id`);
  }
  if (media.length === 1) return;
  const first = media[0]?.type ?? 'document';
  const kinds = ALBUM_KINDS.find((each) => each.includes(first)) ?? [];
  const other = media.findIndex(({ type }) => !kinds.includes(type));
  if (other >= 0)
    throw fieldError(
      `media.${other}.type`,
      'cannot be in this album: it takes photos and videos, or only audio, or only documents',
    );
}

function checkAddress(address: string, path: string): void {
  const { protocol, username, password } = new URL(address);
  if (!/^https?:$/.test(protocol))
    throw fieldError(path, 'must be an http:// or https:// address', 'MEDIA_UNAVAILABLE');
  if (username !== '' || password !== '')
    throw fieldError(path, 'must have no user and no password in it', 'MEDIA_UNAVAILABLE');
}

function checkThumbnail({ type, thumbnail_upload_id: uploadId }: MediaItem, path: string): void {
  if (uploadId === undefined) return;
  if (WITHOUT_THUMBNAIL.includes(type)) throw fieldError(path, `must be absent where the type is ${type}`);
  if (readUploadId(uploadId).size > MAX_THUMBNAIL_BYTES)
    throw fieldError(path, `must be an upload of at most ${MAX_THUMBNAIL_BYTES} bytes`);
}

/** @param caption that of an item behind the first; `undefined`: none. */
export function mediaOf(
  { upload_id, from, file_name, mime_type, thumbnail_upload_id, text: _text, ...others }: MediaItem,
  caption: FormattedText | undefined,
) {
  return {
    ...others,
    ...(upload_id !== undefined && { uploadId: upload_id }),
    ...(from !== undefined && { from: { recipient: from.recipient_id, messageId: from.message_id } }),
    ...(file_name !== undefined && { fileName: file_name }),
    ...(mime_type !== undefined && { mimeType: mime_type }),
    ...(thumbnail_upload_id !== undefined && { thumbnailUploadId: thumbnail_upload_id }),
    ...(caption !== undefined && { text: caption.text }),
    ...(caption !== undefined && caption.entities.length > 0 && { entities: [...caption.entities] }),
  };
}

/** A file under an Idempotency-Key: the same bytes are the same file, whatever their upload. */
export function mediaForDigest({ upload_id, thumbnail_upload_id: thumbnail, ...others }: MediaItem) {
  return {
    ...others,
    ...(upload_id !== undefined && { sha256: readUploadId(upload_id).sha256 }),
    ...(thumbnail !== undefined && { thumbnail_sha256: readUploadId(thumbnail).sha256 }),
  };
}

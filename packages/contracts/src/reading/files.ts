import * as z from 'zod';

/** Boxes of 100, 320 and 800 pixels, named as Telegram names them. */
const THUMBNAIL_SIZES = ['s', 'm', 'x'] as const;
export type ThumbnailSize = (typeof THUMBNAIL_SIZES)[number];

/** Query of `GET /telegram/accounts/{user_id}/files/{file_id}`. */
export const fileRequestSchema = z.strictObject({ size: z.enum(THUMBNAIL_SIZES).optional() });

export const filePayloadSchema = z.object({
  fileId: z.string(),
  /** A thumbnail in place of the file, if given. */
  size: z.enum(THUMBNAIL_SIZES).nullable(),
});

/** A file that its message has now. */
export const readFileSchema = z.object({
  /** Names the bytes: another file of the message has another key. Letters, digits, `_` and `-`. */
  key: z.string(),
  /** Bytes. */
  size: z.int(),
  mimeType: z.string(),
  fileName: z.string().nullable(),
});
export type ReadFile = z.infer<typeof readFileSchema>;

/** @property block from 0. */
export const fileBlockSchema = filePayloadSchema.extend({ key: z.string(), block: z.int().nonnegative() });

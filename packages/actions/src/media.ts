import {
  CALLBACK_URL,
  fileNameSchema,
  MEDIA_TYPES,
  mimeTypeSchema,
  needs,
  readUploadId,
  requestBody,
  uploadIdSchema,
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

/** Longest address, in characters. */
const MAX_URL = 2_000;

const urlSchema = z
  .string()
  .max(MAX_URL, `must be at most ${MAX_URL} characters`)
  .refine(
    (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol),
    'must be an http:// or https:// address',
  )
  .refine((url) => {
    const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: '' };
    return username === '' && password === '';
  }, 'must have no user and no password in it')
  .meta({
    pattern: CALLBACK_URL.pattern,
    description: 'Fetched once, when it is the turn of the message; from public addresses only',
    examples: ['https://example.com/cat.jpg'],
  });

const mediaItemSchema = requestBody({
  type: z.enum(MEDIA_TYPES, `must be one of ${MEDIA_TYPES.join(', ')}`),
  upload_id: uploadIdSchema.optional().describe('This, or `url`'),
  url: urlSchema.optional(),
  file_name: fileNameSchema.optional().describe('By default the name of the upload'),
  mime_type: mimeTypeSchema.optional().describe('By default the type of the upload'),
  spoiler: z.boolean().optional().describe('Covered until somebody taps it'),
  duration: z.number().positive('must be more than 0').max(MOST, `must be at most ${MOST}`).optional(),
  width: pixels.optional(),
  height: pixels.optional(),
  title: titleSchema.optional().describe('Of audio'),
  performer: titleSchema.optional().describe('Of audio'),
}).meta({ oneOf: [needs('upload_id'), needs('url')] });
type MediaItem = z.output<typeof mediaItemSchema>;

/** The files of a send. */
export const mediaSchema = z
  .array(mediaItemSchema)
  .length(1, 'must hold one file')
  .describe('A file that was uploaded by /telegram/user/uploads, or that is fetched from an address');

/** A file as the job has it. Strict: an older worker puts a job with an unknown option back. */
export const mediaJobSchema = z.strictObject({
  type: z.enum(MEDIA_TYPES),
  /** The file: an upload, or the address from which it is fetched. */
  uploadId: z.string().optional(),
  url: z.string().optional(),
  fileName: z.string().optional(),
  mimeType: z.string().optional(),
  spoiler: z.boolean().optional(),
  /** Seconds. */
  duration: z.number().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  title: z.string().optional(),
  performer: z.string().optional(),
});

/** @throws {GatewayError} `VALIDATION` unless there is exactly one source. */
export function mediaOf({ upload_id, file_name, mime_type, ...others }: MediaItem, index: number) {
  if ((upload_id === undefined) === (others.url === undefined))
    throw fieldError(`media.${index}`, 'must have either upload_id or url');
  return {
    ...others,
    ...(upload_id !== undefined && { uploadId: upload_id }),
    ...(file_name !== undefined && { fileName: file_name }),
    ...(mime_type !== undefined && { mimeType: mime_type }),
  };
}

/** A file under an Idempotency-Key: the same bytes are the same file, whatever their upload. */
export function mediaForDigest({ upload_id, ...others }: MediaItem) {
  return { ...others, ...(upload_id !== undefined && { sha256: readUploadId(upload_id).sha256 }) };
}

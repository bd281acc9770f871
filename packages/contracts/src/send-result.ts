import * as z from 'zod';

/** A file of a sent message, as Telegram stored it. */
export const sentMediaSchema = z
  .object({
    file_id: z.string().nullable(),
    type: z.string().describe('`document` if Telegram did not take it as a photo'),
    size: z.number().int().nullable(),
    mime_type: z.string().nullable(),
  })
  .meta({ id: 'SentMedia' });

/** A sent message: its id in the chat and its date (RFC 3339, UTC). */
const sentMessageSchema = z.object({
  message_id: z.number().int(),
  date: z.string().meta({ format: 'date-time' }),
});
const sentPartSchema = sentMessageSchema.extend({
  media: sentMediaSchema.optional(),
  /** Whether it is an item of an album that has a caption. */
  hasCaption: z.boolean().optional(),
});
export type SentMessage = z.infer<typeof sentPartSchema>;

/** Result of a send: its last message. An album or a split text also has the ids of all messages, in order. */
export const sendResultSchema = sentMessageSchema.extend({
  message_ids: z.array(z.number().int()).optional(),
  caption_message_id: z
    .number()
    .int()
    .optional()
    .describe('The message of an album with the caption, if not the first'),
  media: z.array(sentMediaSchema).optional(),
});
export type SendResult = z.infer<typeof sendResultSchema>;

/** A file that Telegram stores, as a message names it. */
const storedFileSchema = z.object({
  kind: z.enum(['photo', 'document']),
  id: z.string(),
  accessHash: z.string(),
  /** Base64. It expires. */
  fileReference: z.string(),
  /** Bytes; 0 for a photo. */
  size: z.number(),
});
export type StoredFile = z.infer<typeof storedFileSchema>;

/** How far one file of a job is on its way to Telegram. */
export const fileProgressSchema = z.object({
  /** The upload into which the file was fetched. */
  fetched: z.string().optional(),
  /** How many parts of the file are at Telegram. */
  uploaded: z.int().optional(),
  /** How often the upload to Telegram was begun again. */
  restarts: z.int().optional(),
  /** What a voice note looks like, in base64. */
  waveform: z.string().optional(),
  stored: storedFileSchema.optional(),
});
export type FileProgress = z.infer<typeof fileProgressSchema>;

/** Progress of a send: the messages sent so far. */
export const sendProgressSchema = z.object({
  sent: z.array(sentPartSchema),
  /** Where the worker has cut the text of the files. */
  cuts: z.array(z.int()).optional(),
  /** Until when the account is shown as typing before the first part, ms since the epoch. */
  typingUntil: z.int().optional(),
  /** The files, in the order of the job's media. */
  files: z.array(fileProgressSchema).optional(),
  /** Telegram took a photo of the album only as a document, so all of its items go as documents. */
  asDocuments: z.boolean().optional(),
});
export type SendProgress = z.infer<typeof sendProgressSchema>;

/** Builds a send's result from its sent messages, in order; `null` if there are none. */
export function resultOf(sent: readonly SentMessage[]): SendResult | null {
  const last = sent.at(-1);
  if (last === undefined) return null;
  const media = sent.flatMap((each) => each.media ?? []);
  const caption = sent.find(({ hasCaption }) => hasCaption === true) ?? sent[0];
  return {
    message_id: last.message_id,
    date: last.date,
    ...(sent.length > 1 && { message_ids: sent.map(({ message_id }) => message_id) }),
    ...(caption !== sent[0] && { caption_message_id: caption?.message_id }),
    ...(media.length > 0 && { media }),
  };
}

import * as z from 'zod';

/** A file of a sent message, as Telegram stored it. */
const sentMediaSchema = z.object({
  file_id: z.string().nullable(),
  type: z.string().describe('Differs from the requested type if Telegram took a photo only as a document'),
  size: z.number().int().nullable(),
  mime_type: z.string().nullable(),
});

/** A sent message: its id in the chat and its date (RFC 3339, UTC). */
const sentMessageSchema = z.object({
  message_id: z.number().int(),
  date: z.string(),
});
const sentPartSchema = sentMessageSchema.extend({ media: sentMediaSchema.optional() });
export type SentMessage = z.infer<typeof sentPartSchema>;

/** Result of a send: its last message. A split text also has the ids of all parts, in order. */
export const sendResultSchema = sentMessageSchema.extend({
  message_ids: z.array(z.number().int()).optional(),
  media: z.array(sentMediaSchema).optional(),
});
export type SendResult = z.infer<typeof sendResultSchema>;

/** Progress of a send: the parts sent so far. */
export const sendProgressSchema = z.object({
  sent: z.array(sentPartSchema),
  /** The upload into which the file was fetched. */
  fetched: z.string().optional(),
  /** How many parts of the file are at Telegram. */
  uploaded: z.int().optional(),
  /** Until when the account is shown as typing before the first part, ms since the epoch. */
  typingUntil: z.int().optional(),
  /** How often the upload to Telegram was begun again. */
  restarts: z.int().optional(),
});
export type SendProgress = z.infer<typeof sendProgressSchema>;

/** Builds a send's result from its sent messages, in order; `null` if there are none. */
export function resultOf(sent: readonly SentMessage[]): SendResult | null {
  const last = sent.at(-1);
  if (last === undefined) return null;
  const media = sent.flatMap((each) => each.media ?? []);
  return {
    message_id: last.message_id,
    date: last.date,
    ...(sent.length > 1 && { message_ids: sent.map(({ message_id }) => message_id) }),
    ...(media.length > 0 && { media }),
  };
}

import * as z from 'zod';

/** A sent message: its id in the chat and its date (RFC 3339, UTC). */
const sentMessageSchema = z.object({
  message_id: z.number().int(),
  date: z.string(),
});
export type SentMessage = z.infer<typeof sentMessageSchema>;

/** Result of a send: its last message. A split text also has the ids of all parts, in order. */
export const sendResultSchema = sentMessageSchema.extend({
  message_ids: z.array(z.number().int()).optional(),
});
export type SendResult = z.infer<typeof sendResultSchema>;

/** Progress of a send: the parts sent so far. */
export const sendProgressSchema = z.object({ sent: z.array(sentMessageSchema) });
export type SendProgress = z.infer<typeof sendProgressSchema>;

/** Builds a send's result from its sent messages, in order; `null` if there are none. */
export function resultOf(sent: readonly SentMessage[]): SendResult | null {
  const last = sent.at(-1);
  if (last === undefined) return null;
  return sent.length > 1 ? { ...last, message_ids: sent.map(({ message_id }) => message_id) } : last;
}

import * as z from 'zod';
import { recipientIdSchema } from './recipient.ts';
import { userIdSchema } from './user-id.ts';

/** Telegram's bound on one message, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 4096;

export const sendRequestSchema = z.strictObject({
  user_id: userIdSchema,
  recipient_id: recipientIdSchema,
  text: z
    .string()
    .max(MAX_MESSAGE_LENGTH, `must be at most ${MAX_MESSAGE_LENGTH} UTF-16 units`)
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine((text) => text.isWellFormed(), 'must be well-formed UTF-16: it holds half a surrogate pair'),
  reply_to: z.int().positive().max(0x7fffffff).optional(),
  silent: z.boolean().optional(),
  link_preview: z.boolean().default(true),
});
export type SendRequest = z.infer<typeof sendRequestSchema>;

/** Result of a send: Telegram's message id in that chat, and its date (RFC 3339, UTC). */
export const sendResultSchema = z.object({
  message_id: z.number().int(),
  date: z.string(),
});
export type SendResult = z.infer<typeof sendResultSchema>;

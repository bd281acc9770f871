import * as z from 'zod';
import { needs } from './documented.ts';
import { recipientIdSchema } from './recipients/recipient.ts';
import { userIdSchema } from './recipients/user-id.ts';
import { openRequestBody } from './request-body.ts';

/** A text, or parts, of which only those with a text count. */
const contentSchema = z.union(
  [z.string(), z.array(z.looseObject({ type: z.string() }))],
  'must be a string, or an array of parts',
);

const chatMessageSchema = z.looseObject({
  role: z.string('must be a string, such as user').min(1, 'must not be empty'),
  content: contentSchema.nullish(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** Body of `POST /message_stream`. Unknown fields are passed on to the assistant. */
export const messageStreamRequestSchema = openRequestBody({
  user_id: userIdSchema,
  messages: z.array(chatMessageSchema).min(1, 'must hold at least one message'),
  /** Whether to send the reply to `recipient_id`. */
  send_to_telegram: z.boolean().default(false),
  /** false: send as the bot of this gateway. */
  send_as_user: z.boolean().default(true),
  /** Whether to send a reply that was cut short. */
  send_if_cut: z.boolean().optional(),
  recipient_id: recipientIdSchema.optional(),
})
  .refine(({ send_to_telegram, recipient_id }) => !send_to_telegram || recipient_id !== undefined, {
    path: ['recipient_id'],
    message: 'is required where send_to_telegram is true',
  })
  .meta({
    if: { required: ['send_to_telegram'], properties: { send_to_telegram: { const: true } } },
    // oxlint-disable-next-line unicorn/no-thenable -- `then` is a keyword of JSON Schema.
    then: needs('recipient_id'),
  });
export type MessageStreamRequest = z.infer<typeof messageStreamRequestSchema>;

/** The text of a message without parts of other kinds, such as pictures. */
export function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

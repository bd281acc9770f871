import { z } from 'zod';
import { buttons } from './chat-requests.ts';

/** Bodies of the control calls by which an account acts as from an official app. */

/** An account or chat: its id (`-100…` for channels), `@username` or `+phone`. */
const peer = z.union([z.int(), z.string().min(1)]);
const messageId = z.int().positive();

export const sendRequest = z.strictObject({
  from: peer,
  to: peer,
  text: z.string(),
  reply_to: messageId.optional(),
  topic_id: messageId.optional(),
  /** Inline buttons; only a bot has them. */
  buttons: buttons.optional(),
});
export type SendRequest = z.input<typeof sendRequest>;

export const editRequest = z.strictObject({ from: peer, to: peer, message_id: messageId, text: z.string() });
export type EditRequest = z.input<typeof editRequest>;

export const deleteRequest = z.strictObject({
  from: peer,
  to: peer,
  message_ids: z.array(messageId).min(1),
  /** false: only on the side of `from`. */
  for_everyone: z.boolean().default(true),
});
export type DeleteRequest = z.input<typeof deleteRequest>;

export const readRequest = z.strictObject({
  by: peer,
  of: peer,
  /** Default: the whole chat. */
  up_to: messageId.optional(),
});
export type ReadRequest = z.input<typeof readRequest>;

export const reactionRequest = z.strictObject({
  by: peer,
  of: peer,
  message_id: messageId,
  /** `null` or an empty list removes the reaction. */
  emoji: z.union([z.string().min(1), z.array(z.string().min(1)), z.null()]),
});
export type ReactionRequest = z.input<typeof reactionRequest>;

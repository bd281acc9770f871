import { z } from 'zod';
import { buttons } from './chat-requests.ts';

/** Bodies of the control calls by which an account acts as from an official app. */

/** An account or chat: its id (`-100…` for channels), `@username` or `+phone`. */
const peer = z.union([z.int(), z.string().min(1)]);
const messageId = z.int().positive();

/** A file that the sandbox makes up. */
const madeMedia = z.strictObject({
  type: z.enum(['photo', 'video', 'animation', 'audio', 'voice', 'video_note', 'document', 'sticker']),
  /** In bytes; at most what Telegram takes. */
  size: z
    .int()
    .min(1)
    .max(2_000 * 2 ** 20),
  mime_type: z.string().min(1).optional(),
  file_name: z.string().min(1).optional(),
});
export type MadeMediaRequest = z.infer<typeof madeMedia>;

export const sendRequest = z
  .strictObject({
    from: peer,
    to: peer,
    /** With media: the caption. */
    text: z.string().optional(),
    media: madeMedia.optional(),
    reply_to: messageId.optional(),
    topic_id: messageId.optional(),
    /** Inline buttons; only a bot has them. */
    buttons: buttons.optional(),
  })
  .refine(({ text, media }) => text !== undefined || media !== undefined, 'a text, media or both');
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

import { z } from 'zod';
import { username } from './requests.ts';

/** An account or chat: its id (`-100…` for channels), `@username` or `+phone`. */
const peer = z.union([z.int(), z.string().min(1)]);
const title = z.string().min(1).max(128);

/** Bodies of the control calls about chats and bots. */

export const newChatRequest = z.strictObject({
  type: z.enum(['group', 'supergroup', 'channel']),
  title,
  /** The first account creates the chat. */
  members: z.array(peer).min(1),
  username: username.optional(),
  forum: z.boolean().optional(),
  /** Seconds between two messages of a member. */
  slow_mode: z.int().positive().optional(),
  /** An administrator must approve who joins. */
  join_requests: z.boolean().optional(),
});
export type NewChatRequest = z.input<typeof newChatRequest>;

export const topicRequest = z.strictObject({ chat: peer, title });
export type TopicRequest = z.input<typeof topicRequest>;

/** By the chat's creator. */
export const joinAnswerRequest = z.strictObject({ chat: peer, account: peer, approved: z.boolean() });
export type JoinAnswerRequest = z.input<typeof joinAnswerRequest>;

/** Rows of buttons, or one row. A button without `data` sends its text back. */
const button = z.union([
  z.string().min(1),
  z.strictObject({ text: z.string().min(1), data: z.string().min(1).max(64).optional() }),
]);
export const buttons = z.union([z.array(z.array(button).min(1)).min(1), z.array(button).min(1)]);
export type ButtonsRequest = z.input<typeof buttons>;

export const autoBotRequest = z
  .strictObject({
    username,
    buttons,
    /** What a press is answered with. */
    answer: z.string().max(200).optional(),
    /** A press is not answered. */
    silent: z.literal(true).optional(),
  })
  .refine(
    ({ answer, silent }) => (answer === undefined) !== (silent === undefined),
    'name an answer, or silent: true',
  );
export type AutoBotRequest = z.input<typeof autoBotRequest>;

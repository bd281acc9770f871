import * as z from 'zod';
import { recipientIdSchema } from './recipients/recipient.ts';
import { userIdSchema } from './recipients/user-id.ts';
import { requestBody } from './request-body.ts';

/** Longest time that one request shows an action, ms. */
export const MAX_TYPING_MS = 20_000;

/** What an account is shown to do in a chat, by the names of the Bot API; `cancel` ends it. */
const TYPING_ACTIONS = [
  'typing',
  'cancel',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
] as const;
export type TypingAction = (typeof TYPING_ACTIONS)[number];

const typingActionSchema = z.enum(TYPING_ACTIONS, `must be one of ${TYPING_ACTIONS.join(', ')}`);

/** Body of `POST /telegram/user/chat/typing`. */
export const typingRequestSchema = requestBody({
  user_id: userIdSchema,
  recipient_id: recipientIdSchema,
  action: typingActionSchema.default('typing'),
  ms: z
    .int()
    .positive('must be at least 1')
    .max(MAX_TYPING_MS, `must be at most ${MAX_TYPING_MS}`)
    .default(5_000)
    .describe('How long to show it. It fades seconds later, or with the next message'),
});

export const typingPayloadSchema = z.object({
  recipient: z.string(),
  action: typingActionSchema,
  ms: z.int(),
});

export const typingResponseSchema = z.object({
  status: z.literal('ok'),
  shown: z.boolean().describe('false: the account or the chat is held'),
});

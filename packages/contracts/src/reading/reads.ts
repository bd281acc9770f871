import * as z from 'zod';
import { chatPositionSchema } from './chat-position.ts';
import { readMessageSchema, shownChatSchema, telegramMessageSchema } from './telegram-message.ts';

/**
 * What the API reads at Telegram for a caller, as control jobs: they take the account's turn, but no place in its line.
 */
export const READ_JOBS = {
  'read.chats': {
    payload: z.object({ limit: z.int(), before: chatPositionSchema.nullable() }),
    result: z.object({
      chats: z.array(shownChatSchema.extend({ unread: z.int(), last_message: readMessageSchema.nullable() })),
      next: chatPositionSchema.nullable(),
    }),
  },
  'read.messages': {
    payload: z.object({
      recipient: z.string(),
      limit: z.int(),
      before: z.int().nullable(),
      after: z.int().nullable(),
      search: z.string().nullable(),
      topicId: z.int().nullable(),
    }),
    result: z.object({ messages: z.array(readMessageSchema), next: z.int().nullable() }),
  },
} as const;

const next = z.string().nullable().describe('`before` of the next page; null: this is the last');

/** The answers of the endpoints. */
export const chatListResponseSchema = z.object({
  status: z.literal('ok'),
  chats: z
    .array(shownChatSchema.extend({ unread: z.int(), last_message: telegramMessageSchema.nullable() }))
    .describe('The latest first'),
  next,
});

export const messageListResponseSchema = z.object({
  status: z.literal('ok'),
  messages: z.array(telegramMessageSchema).describe('The newest first'),
  next,
});

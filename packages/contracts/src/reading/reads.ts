import * as z from 'zod';
import { pageSchema } from '../page.ts';
import { chatPositionSchema } from './chat-position.ts';
import { fileBlockSchema, filePayloadSchema, readFileSchema } from './files.ts';
import { readMessageSchema, shownChatSchema, telegramMessageSchema } from './telegram-message.ts';

const contactSchema = z.object({
  id: z.string(),
  name: z.string(),
  username: z.string().nullable(),
  phone_number: z.string().nullable(),
});

const resolvedSchema = shownChatSchema.omit({ title: true }).extend({ name: z.string() });

const registrationSchema = z.object({
  phone_number: z.string(),
  registered: z.literal(true).nullable().describe('null: Telegram does not say'),
  id: z.string().nullable(),
});

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
  'read.contacts': {
    payload: z.object({ limit: z.int(), before: z.string().nullable() }),
    result: z.object({ contacts: z.array(contactSchema), next: z.string().nullable() }),
  },
  'read.resolve': { payload: z.object({ recipient: z.string() }), result: resolvedSchema },
  'read.phones': {
    payload: z.object({ phones: z.array(z.string()) }),
    result: z.object({ phones: z.array(registrationSchema) }),
  },
  'read.file': { payload: filePayloadSchema, result: readFileSchema },
  /** Fetches one block of a file into the media store. Repeated, it does nothing. */
  'read.file_block': { payload: fileBlockSchema, result: z.object({}) },
} as const;

/** The answers of the endpoints. */
export const chatListResponseSchema = pageSchema.extend({
  chats: z
    .array(
      shownChatSchema
        .extend({ unread: z.int(), last_message: telegramMessageSchema.nullable() })
        .meta({ id: 'ListedChat' }),
    )
    .describe('The latest first'),
});

export const messageListResponseSchema = pageSchema.extend({
  messages: z.array(telegramMessageSchema).describe('The newest first'),
});

export const contactListResponseSchema = pageSchema.extend({
  contacts: z.array(contactSchema).describe('In the order of their ids'),
});

export const resolveResponseSchema = resolvedSchema.extend({ status: z.literal('ok') });

export const phonesResponseSchema = z.object({
  status: z.literal('ok'),
  phones: z.array(registrationSchema).describe('In the order asked'),
});

export type Contact = z.infer<typeof contactSchema>;
export type ResolvedChat = z.infer<typeof resolvedSchema>;
export type PhoneRegistration = z.infer<typeof registrationSchema>;

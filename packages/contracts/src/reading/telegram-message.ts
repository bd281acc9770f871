import * as z from 'zod';
import { entitySchema } from '../text/entities.ts';

/** Messages and chats as the API shows them. Ids are strings in a form that `recipient_id` accepts. */

/** Stretches of a text that Telegram finds by itself, named as in the Bot API. */
const FOUND_ENTITIES = [
  'url',
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'email',
  'phone_number',
  'bank_card',
] as const;

/** An entity of a message that Telegram has: {@link entitySchema}, and what Telegram finds by itself. */
const shownEntitySchema = z
  .union([
    entitySchema,
    z
      .object({ type: z.enum(FOUND_ENTITIES), offset: z.int().nonnegative(), length: z.int().positive() })
      .meta({ id: 'FoundEntity' }),
  ])
  .meta({ id: 'ShownEntity' });
export type ShownEntity = z.infer<typeof shownEntitySchema>;

export const chatTypeSchema = z
  .enum(['private', 'bot', 'group', 'supergroup', 'channel'])
  .meta({ id: 'ChatType' });

export const shownChatSchema = z
  .object({
    id: z.string(),
    type: chatTypeSchema,
    title: z.string().describe('Of a private chat: the name of the person'),
    username: z.string().nullable(),
  })
  .meta({ id: 'Chat' });
export type ShownChat = z.infer<typeof shownChatSchema>;

const time = z.iso.datetime();

export const senderSchema = z
  .object({
    id: z.string(),
    type: z.enum(['user', 'chat']),
    name: z.string(),
    username: z.string().nullable(),
    is_bot: z.boolean(),
    is_contact: z.boolean(),
  })
  .meta({ id: 'Sender' });
export type Sender = z.infer<typeof senderSchema>;

const mediaSchema = z
  .object({
    type: z.enum([
      'photo',
      'video',
      'animation',
      'audio',
      'voice',
      'video_note',
      'document',
      'sticker',
      'location',
      'contact',
      'poll',
      'other',
    ]),
    file_id: z.string().nullable().describe('Opaque; null where there is no file'),
    size: z.number().nullable(),
    mime_type: z.string().nullable(),
    file_name: z.string().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    duration: z.number().nullable().describe('Seconds'),
  })
  .meta({ id: 'Media' });
export type ShownMedia = z.infer<typeof mediaSchema>;

const buttonSchema = z
  .object({
    text: z.string(),
    data: z.string().nullable().describe('What pressing it sends to the bot; null for other buttons'),
    url: z.string().nullable(),
  })
  .meta({ id: 'Button' });
export type ShownButton = z.infer<typeof buttonSchema>;

/** A message without its HTML, which follows from text and entities. */
export const readMessageSchema = z.object({
  message_id: z.int(),
  date: time,
  edit_date: time.nullable(),
  direction: z.enum(['in', 'out']),
  chat: shownChatSchema.extend({ topic_id: z.int().nullable() }).meta({ id: 'MessageChat' }),
  sender: senderSchema.nullable(),
  text: z.string().describe('The caption, where there is media'),
  entities: z.array(shownEntitySchema),
  reply_to: z
    .object({
      message_id: z.int(),
      chat_id: z.string().nullable().describe('null: the same chat'),
      quote: z.string().nullable(),
    })
    .nullable(),
  forward_from: z
    .object({
      id: z.string().nullable(),
      name: z.string().nullable(),
      date: time,
      message_id: z.int().nullable(),
    })
    .nullable()
    .describe('Where it was written first; the id is null if the author hides it'),
  mentions_me: z.boolean(),
  grouped_id: z.string().nullable().describe('The same for all items of an album'),
  buttons: z.array(z.array(buttonSchema)),
  service: z
    .looseObject({ type: z.string() })
    .nullable()
    .describe('The content of a service message, such as `chat_add_user`; `text` is empty then'),
  media: mediaSchema.nullable(),
  job_id: z.string().nullable().describe('The job that sent it, where that is known'),
  redacted: z.literal(true).optional().describe("Of Telegram's own account: its content is not shown"),
});
export type ReadMessage = z.infer<typeof readMessageSchema>;

/** A message as the API shows it. */
export const telegramMessageSchema = readMessageSchema
  .extend({
    html: z.string().describe('The text with its entities, as HTML for `parse_mode`'),
  })
  .meta({
    id: 'Message',
    examples: [
      {
        message_id: 123,
        date: '2026-01-15T12:00:00Z',
        edit_date: null,
        direction: 'in',
        chat: { id: '987654321', type: 'private', title: 'Bob', username: 'bob_example', topic_id: null },
        sender: {
          id: '987654321',
          type: 'user',
          name: 'Bob',
          username: 'bob_example',
          is_bot: false,
          is_contact: true,
        },
        text: 'Hello!',
        html: 'Hello!',
        entities: [],
        reply_to: null,
        forward_from: null,
        mentions_me: false,
        grouped_id: null,
        buttons: [],
        service: null,
        media: null,
        job_id: null,
      },
    ],
  });
export type TelegramMessage = z.infer<typeof telegramMessageSchema>;

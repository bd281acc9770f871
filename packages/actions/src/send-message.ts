import {
  entitySchema,
  messageFields,
  messageIdField,
  recipientIdSchema,
  requestBody,
  resultOf,
  sendProgressSchema,
  sendResultSchema,
  partsOf,
  cutsOf,
  userIdSchema,
  type FormattedText,
} from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, type JobTools } from './action.ts';
import { sha256 } from './digest.ts';
import { cutsFor, readText, readTextAsFormerly } from './message-text.ts';

const HELLO = { user_id: 'alice', recipient_id: '+9996627102', text: 'Hello!' };

const request = requestBody({
  user_id: userIdSchema,
  recipient_id: recipientIdSchema,
  text: messageFields.text,
  parse_mode: messageFields.parse_mode,
  reply_to: messageIdField('; leave it out for no reply').optional(),
  silent: z.boolean().optional(),
  link_preview: messageFields.link_preview,
  split: messageFields.split,
  send_at: messageFields.send_at.optional(),
  callback_url: messageFields.callback_url.optional(),
});
export type SendRequest = z.output<typeof request>;

const job = {
  recipient: z.string(),
  text: z.string(),
  /**
   * Rising offsets (UTF-16 units) at which the text is cut into messages. Fixed here so that every attempt cuts alike.
   */
  cuts: z.array(z.int().positive()).optional(),
  /** The formatting of `text`. */
  entities: z.array(entitySchema).optional(),
  replyTo: z.int().optional(),
  silent: z.boolean().optional(),
  linkPreview: z.boolean(),
};

/** Sends a text, as several messages if it is too long for one. */
export const sendMessage = defineAction({
  name: 'send',
  v: 1,
  docs: {
    id: 'sendMessage',
    summary: 'Send a message',
    description:
      'Answers 200 when it is out, 202 with the job when that takes longer than the caller waits. `recipient_id` is a numeric id, @username, +phone, `me`, -100… for a channel, or a link of Telegram (`t.me`, `tg://`, `web.telegram.org`) that names a chat. With an Idempotency-Key a repeat gives the same job.',
    done: 'It is out.',
    examples: {
      plain: HELLO,
      formatted: { ...HELLO, text: '*Hello!*', parse_mode: 'markdown', silent: true },
    },
  },
  request,
  job,
  result: sendResultSchema,
  toJob: async (given, tools) => {
    const { recipient_id, reply_to, silent, link_preview, callback_url, send_at } = given;
    const formatted = await readText(given, tools);
    await tools.pause();
    const cuts = cutsFor(given, formatted);
    return {
      job: {
        recipient: recipient_id,
        ...formattedFields(formatted, cuts),
        ...(reply_to !== undefined && { replyTo: reply_to }),
        ...(silent !== undefined && { silent }),
        linkPreview: link_preview,
      },
      sendAt: send_at,
      callbackUrl: callback_url,
    };
  },
  digest: [
    'recipient_id',
    'text',
    'parse_mode',
    'reply_to',
    'silent',
    'link_preview',
    'send_at',
    'callback_url',
  ],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ text }) => text,
  steps: {
    progress: sendProgressSchema,
    none: { sent: [] },
    count: ({ text, cuts = [] }) => (cuts.length === 0 ? 1 : partsOf(text, cuts).length),
    done: ({ sent }) => sent.length,
    result: ({ sent }) => resultOf(sent),
  },
  repeat: 'random-id',
  makesMessages: true,
  errors: ['RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'MESSAGE_INVALID', 'PEER_FLOOD'],
  hide: ['text', 'entities', 'cuts'],
});

/** The fields of a job that hold its text. */
export function formattedFields(
  { text, entities }: FormattedText,
  cuts: readonly number[] = cutsOf(text, entities),
) {
  return {
    text,
    ...(entities.length > 0 && { entities: [...entities] }),
    ...(cuts.length > 0 && { cuts: [...cuts] }),
  };
}

/**
 * The digest that former versions gave a send: of its job, in this order of the fields. They are recognised for as
 * long as such jobs are kept.
 */
export async function formerSendDigest(given: SendRequest, tools: JobTools): Promise<string> {
  const { user_id, recipient_id, reply_to, silent, link_preview, callback_url, send_at } = given;
  const message = {
    userId: user_id,
    recipient: recipient_id,
    linkPreview: link_preview,
    ...(reply_to !== undefined && { replyTo: reply_to }),
    ...(silent !== undefined && { silent }),
    ...(callback_url !== undefined && { callbackUrl: callback_url }),
    ...formattedFields(await readTextAsFormerly(given, tools)),
  };
  return sha256(JSON.stringify([message, send_at]));
}

import { entitySchema, messageFields, requestBody, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { cutsFor, readText } from './message-text.ts';
import { messageOf, namedMessage } from './named-message.ts';

const request = requestBody({
  user_id: userIdSchema,
  ...namedMessage,
  text: messageFields.text,
  parse_mode: messageFields.parse_mode,
  link_preview: messageFields.link_preview,
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  messageId: z.int(),
  text: z.string(),
  /** The formatting of `text`. */
  entities: z.array(entitySchema).optional(),
  linkPreview: z.boolean(),
};

const result = z.object({
  message_id: z.int(),
  edit_date: z
    .string()
    .nullable()
    .describe(
      'When it was last edited, RFC 3339, UTC; null if it already had this text and was never edited',
    ),
});

const notes = {
  /**
   * The message's `edit_date` before the first try, s since the epoch; 0: never edited. A try whose answer was lost is
   * repeated only if it is still this one, so that nobody else's edit is overwritten.
   */
  before: z.int().optional(),
};

/** Replaces the text of a message that the account sent. */
export const editMessage = defineAction({
  name: 'message.edit',
  v: 1,
  docs: {
    id: 'editMessage',
    summary: 'Edit a message',
    description:
      'Replaces the text of one of the account’s own messages. It is a job in the account’s line: it follows the sends to the same chat that were accepted before. A text that the message already has is a success.',
    done: 'It is edited.',
    examples: {
      edit: { user_id: 'alice', recipient_id: '+9996627102', message_id: 1234, text: 'Hello again!' },
    },
  },
  request,
  job,
  result,
  toJob: async (given, tools) => {
    const { link_preview, callback_url } = given;
    const { recipient, messageId } = messageOf(given);
    const formatted = await readText(given, tools);
    await tools.pause();
    cutsFor({ split: false }, formatted);
    const { text, entities } = formatted;
    return {
      job: {
        recipient,
        messageId,
        text,
        ...(entities.length > 0 && { entities: [...entities] }),
        linkPreview: link_preview,
      },
      callbackUrl: callback_url,
    };
  },
  digest: ['recipient_id', 'job_id', 'message_id', 'text', 'parse_mode', 'link_preview', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ text }) => text,
  steps: oneStep(notes, result),
  repeat: 'idempotent',
  makesMessages: false,
  errors: [
    'RECIPIENT_NOT_FOUND',
    'RECIPIENT_REFUSED',
    'MESSAGE_INVALID',
    'MESSAGE_NOT_FOUND',
    'EDIT_TOO_LATE',
    'NOT_AUTHOR',
    'JOB_NOT_FOUND',
    'DEPENDENCY_FAILED',
  ],
  hide: ['text', 'entities'],
});

import { messageFields, requestBody, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { fieldError } from './fields/field-error.ts';
import { messageOf, NAMED_MESSAGE_ERRORS, namedMessage } from './fields/named-message.ts';

const request = requestBody({
  user_id: userIdSchema,
  ...namedMessage,
  all: z.boolean().default(false).describe('true: unpin every message of the chat'),
  silent: z.boolean().default(false).describe('Without effect: unpinning notifies nobody'),
  both_sides: z
    .boolean()
    .default(true)
    .describe('false: in a private chat only for the account itself; not with `all`'),
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  /** `null`: all messages. */
  messageId: z.int().nullable(),
  silent: z.boolean(),
  bothSides: z.boolean(),
};

const result = z.object({ message_id: z.int().nullable().describe('null for `all`') });

/** Unpins one message of a chat, or all. */
export const unpinMessage = defineAction({
  name: 'message.unpin',
  v: 1,
  docs: {
    id: 'unpinMessage',
    summary: 'Unpin a message, or all',
    description: 'A message that is not pinned is a success.',
    done: 'Not pinned any more.',
    examples: {
      one: { user_id: 'alice', recipient_id: '+9996627102', message_id: 1234 },
      all: { user_id: 'alice', recipient_id: '+9996627102', all: true },
    },
  },
  request,
  job,
  result,
  toJob: async ({ all, silent, both_sides, callback_url, ...named }) => {
    const { recipient_id, message_id, job_id } = named;
    if (!all && message_id === undefined && job_id === undefined)
      throw fieldError('message_id', 'is needed where all is not true and there is no job_id');
    if (all && (message_id !== undefined || job_id !== undefined))
      throw fieldError(job_id === undefined ? 'message_id' : 'job_id', 'must be absent where all is true');
    if (all && recipient_id === undefined) throw fieldError('recipient_id', 'is needed where all is true');
    const { recipient, messageId } = all
      ? { recipient: recipient_id ?? '', messageId: null }
      : messageOf(named);
    return { job: { recipient, messageId, silent, bothSides: both_sides }, callbackUrl: callback_url };
  },
  digest: ['recipient_id', 'job_id', 'message_id', 'all', 'silent', 'both_sides', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ messageId }) => String((messageId ?? 'all') || ''),
  steps: oneStep({}, result),
  repeat: 'idempotent',
  makesMessages: false,
  errors: NAMED_MESSAGE_ERRORS,
  hide: [],
});

import {
  messageFields,
  messageIdField,
  recipientIdSchema,
  requestBody,
  userIdSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { fieldError } from './field-error.ts';

const request = requestBody({
  user_id: userIdSchema,
  recipient_id: recipientIdSchema,
  message_id: messageIdField().optional().describe('Either this, or `all`'),
  all: z.boolean().default(false).describe('true: unpin every message of the chat'),
  silent: z.boolean().default(false).describe('As for pinning. Unpinning notifies nobody'),
  both_sides: z
    .boolean()
    .default(true)
    .describe('In a private chat, false: only for the account itself. `all` is always for both sides'),
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
    description: 'Unpins one message of a chat, or all. A message that is not pinned is a success.',
    done: 'It is not pinned any more.',
    examples: {
      one: { user_id: 'alice', recipient_id: '+9996627102', message_id: 1234 },
      all: { user_id: 'alice', recipient_id: '+9996627102', all: true },
    },
  },
  request,
  job,
  result,
  toJob: async ({ recipient_id, message_id: id, all, silent, both_sides, callback_url }) => {
    if (all === (id !== undefined))
      throw fieldError(
        'message_id',
        all ? 'must be absent where all is true' : 'is needed where all is not true',
      );
    return {
      job: { recipient: recipient_id, messageId: id ?? null, silent, bothSides: both_sides },
      callbackUrl: callback_url,
    };
  },
  digest: ['recipient_id', 'message_id', 'all', 'silent', 'both_sides', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ messageId }) => String(messageId ?? 'all'),
  steps: oneStep({}, result),
  repeat: 'idempotent',
  makesMessages: false,
  errors: ['RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'MESSAGE_NOT_FOUND'],
  hide: [],
});

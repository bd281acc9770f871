import { messageFields, requestBody, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { messageOf, NAMED_MESSAGE_ERRORS, namedMessage } from './fields/named-message.ts';

const request = requestBody({
  user_id: userIdSchema,
  ...namedMessage,
  silent: z.boolean().default(false).describe('Pin it without a notification'),
  both_sides: z
    .boolean()
    .default(false)
    .describe('In a private chat: for the other side too. Elsewhere everybody sees it'),
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  messageId: z.int(),
  silent: z.boolean(),
  bothSides: z.boolean(),
};

const result = z.object({ message_id: z.int() });

/** Pins a message in its chat. */
export const pinMessage = defineAction({
  name: 'message.pin',
  v: 1,
  docs: {
    id: 'pinMessage',
    summary: 'Pin a message',
    description: 'A message that is pinned already is a success.',
    done: 'Pinned.',
    examples: { pin: { user_id: 'alice', recipient_id: '+9996627102', message_id: 1234 } },
  },
  request,
  job,
  result,
  toJob: async ({ silent, both_sides, callback_url, ...named }) => ({
    job: { ...messageOf(named), silent, bothSides: both_sides },
    callbackUrl: callback_url,
  }),
  digest: ['recipient_id', 'job_id', 'message_id', 'silent', 'both_sides', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ messageId }) => String(messageId || ''),
  steps: oneStep({}, result),
  repeat: 'idempotent',
  makesMessages: false,
  errors: NAMED_MESSAGE_ERRORS,
  hide: [],
});

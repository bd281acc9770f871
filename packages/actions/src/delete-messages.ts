import { messageFields, parseRecipient, requestBody, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { fieldError } from './fields/field-error.ts';
import { messagesOf, namedMessages } from './fields/named-message.ts';

const request = requestBody({
  user_id: userIdSchema,
  ...namedMessages,
  for_everyone: z
    .boolean()
    .default(true)
    .describe('false: only for the account itself; 400 in a channel or supergroup'),
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  messageIds: z.array(z.int()),
  forEveryone: z.boolean(),
};

const result = z.object({
  deleted: z.array(z.int()).describe('The ids asked for. The chat no longer has any of them, or never had'),
});

/** Deletes messages of one chat. */
export const deleteMessages = defineAction({
  name: 'message.delete',
  v: 1,
  docs: {
    id: 'deleteMessages',
    summary: 'Delete messages',
    description: 'Up to 100 of one chat. Messages that are deleted already are a success.',
    done: 'Deleted.',
    examples: {
      two: { user_id: 'alice', recipient_id: '+9996627102', message_ids: [1234, 1235] },
    },
  },
  request,
  job,
  result,
  toJob: async ({ for_everyone, callback_url, ...named }) => {
    const { recipient, messageIds } = messagesOf(named);
    const chat = parseRecipient(recipient);
    if (!for_everyone && typeof chat !== 'string' && chat.kind === 'channel')
      throw fieldError('for_everyone', 'must be true in a channel or supergroup');
    return {
      job: {
        recipient,
        messageIds: [...new Set(messageIds)],
        forEveryone: for_everyone,
      },
      callbackUrl: callback_url,
    };
  },
  digest: ['recipient_id', 'job_id', 'message_ids', 'for_everyone', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ messageIds }) => messageIds.join(', '),
  steps: oneStep({}, result),
  repeat: 'idempotent',
  makesMessages: false,
  errors: ['RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'JOB_NOT_FOUND', 'DEPENDENCY_FAILED'],
  hide: [],
});

import {
  messageFields,
  messageIdField,
  recipientIdSchema,
  requestBody,
  userIdSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';

const request = requestBody({
  user_id: userIdSchema,
  recipient_id: recipientIdSchema,
  up_to: messageIdField('; leave it out for the whole chat').optional(),
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  /** `null`: the whole chat. */
  upTo: z.int().nullable(),
};

const result = z.object({});

/** Marks a chat as read. */
export const readChat = defineAction({
  name: 'chat.read',
  v: 1,
  docs: {
    id: 'readChat',
    summary: 'Mark a chat as read',
    description:
      'Up to a message or as a whole; others see that as from an official app. A chat that is read already is a success.',
    done: 'Read.',
    examples: { all: { user_id: 'alice', recipient_id: '+9996627102' } },
  },
  request,
  job,
  result,
  toJob: async ({ recipient_id, up_to, callback_url }) => ({
    job: { recipient: recipient_id, upTo: up_to ?? null },
    callbackUrl: callback_url,
  }),
  digest: ['recipient_id', 'up_to', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ upTo }) => (upTo === null ? '' : String(upTo)),
  steps: oneStep({}, result),
  forBots: false,
  repeat: 'idempotent',
  makesMessages: false,
  errors: ['RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'MESSAGE_NOT_FOUND'],
  hide: [],
});

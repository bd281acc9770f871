import {
  messageFields,
  messageIdField,
  recipientIdSchema,
  requestBody,
  userIdSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { messagesOf, namedMessages } from './fields/named-message.ts';

const request = requestBody({
  user_id: userIdSchema,
  ...namedMessages,
  to_recipient_id: recipientIdSchema,
  drop_author: z.boolean().default(false).describe('As messages of the account itself'),
  drop_captions: z.boolean().default(false).describe('Without captions of media, and without the author'),
  topic_id: messageIdField('; leave it out where there are no topics').optional(),
  silent: z.boolean().optional(),
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  toRecipient: z.string(),
  messageIds: z.array(z.int()),
  dropAuthor: z.boolean(),
  dropCaptions: z.boolean(),
  topicId: z.int().optional(),
  silent: z.boolean().optional(),
};

const result = z.object({
  message_ids: z
    .array(z.int().nullable())
    .describe('The new ids, one for each id asked for; null for a message that is gone'),
});

const notes = {
  /** The ids that the first try forwards. A repeated try forwards the same, under the same random ids. */
  forwarded: z.array(z.int()).optional(),
};

/** Forwards messages of one chat to another. */
export const forwardMessages = defineAction({
  name: 'message.forward',
  v: 1,
  docs: {
    id: 'forwardMessages',
    summary: 'Forward messages',
    description:
      'Up to 100 of one chat, once, in order with the other jobs of both chats. Messages that are gone are left out.',
    done: 'Forwarded.',
    examples: {
      two: {
        user_id: 'alice',
        recipient_id: '+9996627102',
        to_recipient_id: 'me',
        message_ids: [1234, 1235],
      },
    },
  },
  request,
  job,
  result,
  toJob: async (given) => {
    const { to_recipient_id, topic_id, silent, callback_url } = given;
    return {
      job: {
        ...messagesOf(given),
        toRecipient: to_recipient_id,
        // Telegram drops captions only of messages without their author.
        dropAuthor: given.drop_author || given.drop_captions,
        dropCaptions: given.drop_captions,
        ...(topic_id !== undefined && { topicId: topic_id }),
        ...(silent !== undefined && { silent }),
      },
      callbackUrl: callback_url,
    };
  },
  digest: [
    'recipient_id',
    'job_id',
    'to_recipient_id',
    'message_ids',
    'drop_author',
    'drop_captions',
    'topic_id',
    'silent',
    'callback_url',
  ],
  chatsOf: ({ recipient, toRecipient }) => [toRecipient, recipient],
  preview: ({ messageIds }) => messageIds.join(', '),
  steps: oneStep(notes, result),
  repeat: 'random-id',
  makesMessages: true,
  errors: [
    'RECIPIENT_NOT_FOUND',
    'RECIPIENT_REFUSED',
    'NOT_A_REPLY',
    'RECEIVING_OFF',
    'MESSAGE_NOT_FOUND',
    'MESSAGE_INVALID',
    'PEER_FLOOD',
    'JOB_NOT_FOUND',
    'DEPENDENCY_FAILED',
  ],
  hide: [],
});

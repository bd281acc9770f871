import { chatTargetSchema, messageFields, requestBody, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';

const request = requestBody({
  user_id: userIdSchema,
  recipient_id: chatTargetSchema,
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  /** A recipient, or an invite link. */
  recipient: z.string(),
};

const result = z.object({
  state: z.enum(['joined', 'requested', 'left']).describe('`requested`: an administrator has to approve'),
  chat: z.object({ id: z.string(), type: z.string(), title: z.string() }).nullable(),
});

const common = {
  v: 1,
  request,
  job,
  result,
  toJob: async ({ recipient_id, callback_url }: z.output<typeof request>) => ({
    job: { recipient: recipient_id },
    callbackUrl: callback_url,
  }),
  digest: ['recipient_id', 'callback_url'] as const,
  chatsOf: ({ recipient }: { recipient: string }): [string] => [recipient],
  preview: ({ recipient }: { recipient: string }) => recipient,
  forBots: false,
  repeat: 'idempotent' as const,
  makesMessages: false,
  errors: ['RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'INVITE_INVALID'] as const,
  hide: [],
};

/** Joins a group or channel. */
export const joinChat = defineAction({
  ...common,
  steps: oneStep({}, result),
  name: 'chat.join',
  docs: {
    id: 'joinChat',
    summary: 'Join a group or channel',
    description:
      'By an invite link, or the name or id of a public one. An account that is in the chat already is a success.',
    done: 'It is a member, or has asked to be one.',
    examples: {
      link: { user_id: 'alice', recipient_id: 'https://t.me/+AbCdEfGhIjKlMnOp' },
      name: { user_id: 'alice', recipient_id: '@durov' },
    },
  },
});

/** Leaves a group or channel. */
export const leaveChat = defineAction({
  ...common,
  steps: oneStep({}, result),
  name: 'chat.leave',
  docs: {
    id: 'leaveChat',
    summary: 'Leave a group or channel',
    description: 'By its id or name, or an invite link. An account that is not in the chat is a success.',
    done: 'It is not a member.',
    examples: { group: { user_id: 'alice', recipient_id: '-1001234567890' } },
  },
});

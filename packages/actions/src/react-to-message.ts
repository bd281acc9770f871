import { messageFields, requestBody, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { messageOf, NAMED_MESSAGE_ERRORS, namedMessage } from './fields/named-message.ts';

/** Enough for the longest emoji, which joins several characters. */
const MAX_EMOJI_LENGTH = 64;
/** More than Telegram lets anybody have on one message. */
const MAX_REACTIONS = 20;

const emoji = z.string().min(1, 'must not be empty').max(MAX_EMOJI_LENGTH, 'must be one emoji');

const request = requestBody({
  user_id: userIdSchema,
  ...namedMessage,
  emoji: z
    .union([emoji, z.array(emoji).max(MAX_REACTIONS), z.null()], 'must be an emoji, a list of emoji, or null')
    .describe("One of Telegram's reactions, such as 👍, or a list; null or an empty list: none"),
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  messageId: z.int(),
  /** Empty: no reaction. */
  emoji: z.array(z.string()),
};

const result = z.object({ message_id: z.int() });

/** Replaces the account's reactions to a message. */
export const reactToMessage = defineAction({
  name: 'message.react',
  v: 1,
  docs: {
    id: 'reactToMessage',
    summary: 'React to a message',
    description: 'Replaces all its reactions to the message. A reaction that it has already is a success.',
    done: 'It has exactly these reactions of the account.',
    examples: {
      thumb: { user_id: 'alice', recipient_id: '+9996627102', message_id: 1234, emoji: '👍' },
      none: { user_id: 'alice', recipient_id: '+9996627102', message_id: 1234, emoji: null },
    },
  },
  request,
  job,
  result,
  toJob: async ({ emoji: given, callback_url, ...named }) => ({
    job: { ...messageOf(named), emoji: [given ?? []].flat() },
    callbackUrl: callback_url,
  }),
  digest: ['recipient_id', 'job_id', 'message_id', 'emoji', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ emoji: given, messageId }) => [...given, messageId || ''].join(' ').trim(),
  steps: oneStep({}, result),
  repeat: 'idempotent',
  makesMessages: false,
  errors: [...NAMED_MESSAGE_ERRORS, 'REACTION_REFUSED'],
  hide: ['emoji'],
});

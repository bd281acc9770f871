import { messageFields, requestBody, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, oneStep } from './action.ts';
import { fieldError } from './fields/field-error.ts';
import { messageOf, NAMED_MESSAGE_ERRORS, namedMessage } from './fields/named-message.ts';

/** Telegram's limit for the data of a button, in bytes. */
const MAX_DATA = 64;
const place = z.int().nonnegative('must be at least 0').max(99, 'must be at most 99');

const request = requestBody({
  user_id: userIdSchema,
  ...namedMessage,
  row: place.optional().describe('Row of the button, from 0. Either this and `column`, or `data`'),
  column: place.optional().describe('Its place in the row, from 0'),
  data: z
    .string()
    .min(1, 'must not be empty')
    .max(MAX_DATA, `must be at most ${MAX_DATA} characters`)
    .optional()
    .describe('What the button sends to the bot, as a message shows it'),
  callback_url: messageFields.callback_url.optional(),
});

const job = {
  recipient: z.string(),
  messageId: z.int(),
  button: z.union([z.object({ row: z.int(), column: z.int() }), z.object({ data: z.string() })]),
};

const result = z.object({
  message_id: z.int(),
  text: z.string().nullable().describe('The answer of the bot; null if it has no text'),
  alert: z.boolean().describe('Shown until it is closed'),
  url: z.string().nullable().describe('The page that opens then'),
});

const notes = {
  /** A try may have pressed the button. It is not pressed again. */
  pressed: z.boolean().optional(),
};

/** Presses an inline button of a bot's message. */
export const pressButton = defineAction({
  name: 'message.press',
  v: 1,
  docs: {
    id: 'pressButton',
    summary: 'Press a button of a bot’s message',
    description:
      "Waits for the bot's answer; other chats go on. A button is never pressed twice: a lost answer is `TELEGRAM_TIMEOUT` with an unknown outcome.",
    done: 'The bot has answered.',
    examples: {
      place: { user_id: 'alice', recipient_id: '@choice_bot', message_id: 1234, row: 0, column: 1 },
      data: { user_id: 'alice', recipient_id: '@choice_bot', message_id: 1234, data: 'yes' },
    },
  },
  request,
  job,
  result,
  toJob: async ({ row, column, data, callback_url, ...named }) => {
    const at = row === undefined || column === undefined ? undefined : { row, column };
    if (row !== undefined && column === undefined)
      throw fieldError('column', 'is needed where there is a row');
    if (column !== undefined && row === undefined)
      throw fieldError('row', 'is needed where there is a column');
    if (at !== undefined && data !== undefined)
      throw fieldError('data', 'must be absent where there is a row');
    const button = data === undefined ? at : { data };
    if (button === undefined) throw fieldError('row', 'is needed where there is no data');
    return { job: { ...messageOf(named), button }, callbackUrl: callback_url };
  },
  digest: ['recipient_id', 'job_id', 'message_id', 'row', 'column', 'data', 'callback_url'],
  chatsOf: ({ recipient }) => [recipient],
  preview: ({ button, messageId }) =>
    `${messageId || ''} ${'data' in button ? button.data : `${button.row}, ${button.column}`}`.trim(),
  steps: oneStep(notes, result),
  forBots: false,
  repeat: 'never',
  makesMessages: false,
  awaitsOthers: true,
  errors: [...NAMED_MESSAGE_ERRORS, 'BUTTON_NOT_FOUND', 'BOT_NO_ANSWER'],
  hide: ['button'],
});

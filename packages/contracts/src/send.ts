import * as z from 'zod';
import { CALLBACK_URL } from './documented.ts';
import { recipientIdSchema } from './recipients/recipient.ts';
import { userIdSchema } from './recipients/user-id.ts';
import { requestBody } from './request-body.ts';
import { parseTime } from './rfc3339.ts';
import { cleanText, isInvisible, SHOWS_SOMETHING } from './text/telegram-text.ts';

/** Telegram's limit for one message, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 4096;

/** The gateway's limit for a text that it splits, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 65_536;

/** How far ahead `send_at` may be, in ms. */
const MAX_AHEAD_MS = 366 * 86_400_000;

/** Message ids are 32-bit. */
const MAX_MESSAGE_ID = 0x7fffffff;
const REPLY_TO = `must be the id of a message in that chat, 1 to ${MAX_MESSAGE_ID}; leave it out for no reply`;

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Case-insensitive, because other libraries write `Markdown` and `HTML`. */
const parseModeSchema = z.preprocess(
  (mode) => (typeof mode === 'string' ? mode.toLowerCase() : mode),
  z
    .enum(
      ['markdown', 'markdown_lenient', 'html', 'none'],
      'must be markdown, markdown_lenient, html or none',
    )
    .describe(
      'Upper and lower case are the same; `none` by default. `markdown_lenient` is for text that a language model wrote: what cannot be formatted stays as it is written',
    ),
);

/** The fields of a message. */
export const sendFields = {
  user_id: userIdSchema,
  recipient_id: recipientIdSchema,
  text: z
    .string()
    .max(MAX_TEXT_LENGTH, `must be at most ${MAX_TEXT_LENGTH} UTF-16 units`)
    .refine((text) => !isInvisible(cleanText(text)), {
      error: ({ input }) =>
        typeof input === 'string' && input.trim() !== ''
          ? 'must not be empty: it holds nothing but characters that do not show'
          : 'must not be empty',
    })
    .refine((text) => text.isWellFormed(), 'must be well-formed UTF-16: it holds half a surrogate pair')
    .meta({
      pattern: SHOWS_SOMETHING,
      description:
        'Changed as Telegram changes it: carriage returns and line separators go, tabs and control characters become spaces, the ends are trimmed. It must show something then',
    }),
  /** The markup of the text. The text is stored and sent as plain text with entities. */
  parse_mode: parseModeSchema.default('none'),
  reply_to: z
    .int({ abort: true, error: ({ code }) => (code === 'invalid_type' ? undefined : REPLY_TO) })
    .positive(REPLY_TO)
    .max(MAX_MESSAGE_ID, REPLY_TO)
    .optional(),
  silent: z.boolean().optional(),
  link_preview: z.boolean().default(true),
  /** Splits a text that is too long for one message and sends the parts in order. */
  split: z.boolean().default(true),
  /** The queue holds the message until this time; a past time means now. Parsed to ms since the epoch. */
  send_at: z
    .string()
    .max(1_024, 'must be at most 1024 characters')
    .meta({
      format: 'date-time',
      description: 'RFC 3339, at most a year ahead; a time that is over means now',
      examples: ['2024-01-15T12:00:00Z'],
    })
    .transform((text, context) => {
      const at = parseTime(text);
      if (typeof at === 'number') return at;
      context.addIssue({ code: 'custom', message: at });
      return z.NEVER;
    })
    .refine((at) => at <= Date.now() + MAX_AHEAD_MS, 'must be at most a year ahead')
    .optional(),
  /** The gateway posts the job's JSON to this URL when the job ends. */
  callback_url: z
    .string()
    .max(2_000, 'must be at most 2000 characters')
    .refine(isHttpUrl, 'must be an http:// or https:// address')
    .meta(CALLBACK_URL)
    .optional(),
};
export const sendRequestSchema = requestBody(sendFields);
export type SendRequest = z.infer<typeof sendRequestSchema>;

/** Maximum number of messages in one batch. */
export const MAX_BATCH = 1_000;

/**
 * Messages are `unknown` here because {@link sendRequestSchema} checks each on its own, so a bad one does not fail the
 * rest.
 */
export const sendBatchRequestSchema = requestBody(
  {
    messages: z
      .array(z.unknown(), 'must be a list of messages')
      .min(1, 'must hold at least one message')
      .max(MAX_BATCH, `must hold at most ${MAX_BATCH} messages`),
  },
  'must be a JSON object with the list in it: {"messages":[…]}',
);

/** A sent message: its id in the chat and its date (RFC 3339, UTC). */
const sentMessageSchema = z.object({
  message_id: z.number().int(),
  date: z.string(),
});
export type SentMessage = z.infer<typeof sentMessageSchema>;

/** Result of a send: its last message. A split text also has the ids of all parts, in order. */
export const sendResultSchema = sentMessageSchema.extend({
  message_ids: z.array(z.number().int()).optional(),
});
export type SendResult = z.infer<typeof sendResultSchema>;

/** Progress of a send: the parts sent so far. */
export const sendProgressSchema = z.object({ sent: z.array(sentMessageSchema) });
export type SendProgress = z.infer<typeof sendProgressSchema>;

/** Builds a send's result from its sent messages, in order; `null` if there are none. */
export function resultOf(sent: readonly SentMessage[]): SendResult | null {
  const last = sent.at(-1);
  if (last === undefined) return null;
  return sent.length > 1 ? { ...last, message_ids: sent.map(({ message_id }) => message_id) } : last;
}

import * as z from 'zod';
import { HTTP_URL } from './documented.ts';
import { parseTime } from './rfc3339.ts';
import { cleanText, isInvisible, SHOWS_SOMETHING } from './text/telegram-text.ts';

/** Telegram's limit for one message, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 4096;

/** The longest text that the gateway splits, in UTF-16 units: about as much as the body of a request takes. */
export const MAX_TEXT_LENGTH = 262_144;

/**
 * Most entities of one text. Only markup of a few characters each makes so many, and checking a job with more of them
 * would take too long at a time.
 */
export const MAX_TEXT_ENTITIES = 22_000;

/** How far ahead `send_at` may be, in ms. */
const MAX_AHEAD_MS = 366 * 86_400_000;

const NO_ADDRESS = 'must be an http:// or https:// address';

/** Message ids are 32-bit. */
const MAX_MESSAGE_ID = 0x7fffffff;

/** An address of any protocol. */
export const addressSchema = z
  .string()
  .max(2_000, 'must be at most 2000 characters')
  .refine((text) => URL.canParse(text), NO_ADDRESS)
  .meta(HTTP_URL);

export const httpUrlSchema = addressSchema.refine(
  (text) => !URL.canParse(text) || /^https?:$/.test(new URL(text).protocol),
  NO_ADDRESS,
);

type ParseMode = 'markdown' | 'markdown_lenient' | 'html' | 'none';

/** Case-insensitive, because other libraries write `Markdown` and `HTML`. */
const parseModeSchema = z.preprocess(
  (mode) => (typeof mode === 'string' ? mode.toLowerCase() : mode),
  z
    .enum(
      ['markdown', 'markdown_lenient', 'html', 'none'],
      'must be markdown, markdown_lenient, html or none',
    )
    .meta({
      id: 'ParseMode',
      description:
        'In any case; default `none`. `markdown_lenient`, for text of a language model, leaves what it cannot format as written',
    }),
) as z.ZodType<ParseMode, ParseMode>;

/** Fields that several requests share. */
export const messageFields = {
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
      id: 'MessageText',
      pattern: SHOWS_SOMETHING,
      description:
        'Carriage returns and line separators go, control characters become spaces, ends are trimmed, as Telegram does. It must show something then',
    }),
  /** The markup of the text. The text is stored and sent as plain text with entities. */
  parse_mode: parseModeSchema.default('none'),
  link_preview: z.boolean().default(true),
  /** Splits a text that is too long for one message and sends the parts in order. */
  split: z.boolean().default(true),
  /** The queue holds the message until this time; a past time means now. Parsed to ms since the epoch. */
  send_at: z
    .string()
    .max(1_024, 'must be at most 1024 characters')
    .meta({
      format: 'date-time',
      description: 'RFC 3339, at most a year ahead; a past time means now',
      examples: ['2024-01-15T12:00:00Z'],
    })
    .transform((text, context) => {
      const at = parseTime(text);
      if (typeof at === 'number') return at;
      context.addIssue({ code: 'custom', message: at });
      return z.NEVER;
    })
    .refine((at) => at <= Date.now() + MAX_AHEAD_MS, 'must be at most a year ahead'),
  /** The gateway posts the job's JSON to this URL when the job ends. */
  callback_url: httpUrlSchema,
};

/** A caller's name for a request: its repeat is the same job. 1 to 200 characters, of any script. */
export const idempotencyKeySchema = z
  .string()
  // oxlint-disable-next-line no-control-regex -- They are what it refuses.
  .regex(/^[^\x00-\x1f\x7f]{1,200}$/u, 'must be 1 to 200 characters, without control characters');

const visibleTextSchema = z
  .string()
  .refine((text) => !isInvisible(cleanText(text)), 'must not be empty')
  .refine((text) => text.isWellFormed(), 'must be well-formed UTF-16: it holds half a surrogate pair')
  .meta({ id: 'VisibleText', pattern: SHOWS_SOMETHING });

/** A short text that must show something, such as a name. */
export function shortTextField(max: number) {
  return visibleTextSchema.max(max, `must be at most ${max} characters`);
}

/** Telegram's id of a message in its chat. @param otherwise what to do instead, in words; ends the error message. */
export function messageIdField(otherwise = '') {
  const message = `must be the id of a message in that chat, 1 to ${MAX_MESSAGE_ID}${otherwise}`;
  return z
    .int({ abort: true, error: ({ code }) => (code === 'invalid_type' ? undefined : message) })
    .positive(message)
    .max(MAX_MESSAGE_ID, message);
}

/** The job that sends the messages that a request is about. */
export const jobIdField = z
  .string()
  .min(1, 'must not be empty')
  .max(200, 'must be at most 200 characters')
  .meta({
    description:
      'In place of ids: a `send` or `message.forward` of the account, directly behind which this joins the queue',
  });

/** Most messages that one request may name: Telegram's limit. */
const MAX_NAMED = 100;

/** Telegram's ids of several messages in one chat. */
export const messageIdsField = z
  .array(messageIdField())
  .min(1, 'must name at least one message')
  .max(MAX_NAMED, `must name at most ${MAX_NAMED} messages`);

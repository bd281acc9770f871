import * as z from 'zod';
import { messageIdField } from '../message-fields.ts';
import { phoneNumberSchema } from '../recipients/phone-number.ts';
import { recipientIdSchema } from '../recipients/recipient.ts';
import { readPosition } from './chat-position.ts';

/** The queries of the endpoints that read at Telegram. */

const MAX_LIMIT = 100;
const limit = z.coerce.number().pipe(z.int().min(1).max(MAX_LIMIT)).default(20);

/** A number in a query string. */
const id = z
  .string()
  .regex(/^\d{1,10}$/, 'must be the id of a message')
  .transform(Number)
  .pipe(messageIdField());

export const messageListRequestSchema = z.strictObject({
  recipient_id: recipientIdSchema,
  limit,
  /** Messages before this id, or `next` of the page before. */
  before: id.optional(),
  /** Messages after this id. */
  after: id.optional(),
  /** Messages with this text. */
  q: z.string().min(1, 'must not be empty').max(256, 'must be at most 256 characters').optional(),
  /** Messages of this forum topic. */
  topic_id: id.optional(),
});

export const chatListRequestSchema = z.strictObject({
  limit,
  before: z
    .string()
    .max(200, 'must be `next` of the page before')
    .transform((text, context) => {
      const position = readPosition(text);
      if (position !== undefined) return position;
      context.addIssue({ code: 'custom', message: 'must be `next` of the page before' });
      return z.NEVER;
    })
    .optional(),
});

export const contactListRequestSchema = z.strictObject({
  limit,
  before: z
    .string()
    .regex(/^\d{1,19}$/, 'must be `next` of the page before')
    .optional(),
});

/** Most phone numbers of one request. */
const MAX_PHONES = 20;

/**
 * A parameter of a query string. There a plus stands for a space, and people forget to write `%2B` for it. So a space
 * before a phone number counts as a plus.
 */
function inQuery<S extends z.ZodType<string>>(schema: S) {
  return z.string().transform((text, context) => {
    const parsed = schema.safeParse(text.replace(/^ (?=[\d(])/, '+'));
    if (parsed.success) return parsed.data;
    const hint = text.includes(' ') ? '; in a query, %2B stands for +' : '';
    for (const { message } of parsed.error.issues)
      context.addIssue({ code: 'custom', message: message + hint });
    return z.NEVER;
  });
}

export const resolveRequestSchema = z.strictObject({ recipient_id: inQuery(recipientIdSchema) });

export const phonesRequestSchema = z.strictObject({
  phone: z
    .array(inQuery(phoneNumberSchema))
    .min(1, 'is needed at least once')
    .max(MAX_PHONES, `must be given at most ${MAX_PHONES} times`),
});

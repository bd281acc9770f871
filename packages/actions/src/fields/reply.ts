import { MAX_MESSAGE_LENGTH, messageIdField, requestBody, shortTextField } from '@gateway/contracts';
import * as z from 'zod';
import { fieldError } from './field-error.ts';

/** Telegram's limit for a quote, in UTF-16 units. */
const MAX_QUOTE = 1_024;

const quoteSchema = requestBody({
  text: shortTextField(MAX_QUOTE).describe('As it is in that message'),
  offset: z
    .int()
    .nonnegative('must be at least 0')
    .max(MAX_MESSAGE_LENGTH, `must be at most ${MAX_MESSAGE_LENGTH}`)
    .optional()
    .describe('Where it begins in the text of that message, in UTF-16 units'),
}).meta({ id: 'Quote' });

/** The fields of a request that name the place of a message in its chat. */
export const replyFields = {
  reply_to: messageIdField('; leave it out for no reply').optional(),
  quote: quoteSchema.optional().describe('The quoted part of the message in `reply_to`'),
  topic_id: messageIdField('; leave it out where there are no topics')
    .optional()
    .describe('The topic of a forum: the id of its first message'),
};
type ReplyRequest = z.output<z.ZodObject<typeof replyFields>>;

/** The same as fields of a job. */
export const replyJob = {
  replyTo: z.int().optional(),
  quote: z.strictObject({ text: z.string(), offset: z.int().optional() }).optional(),
  topicId: z.int().optional(),
};

/** @throws {GatewayError} `VALIDATION` for a quote without the message that it is of. */
export function replyOf({ reply_to, quote, topic_id }: ReplyRequest) {
  if (quote !== undefined && reply_to === undefined)
    throw fieldError('quote', 'must be absent where there is no reply_to');
  return {
    ...(reply_to !== undefined && { replyTo: reply_to }),
    ...(quote !== undefined && { quote }),
    ...(topic_id !== undefined && { topicId: topic_id }),
  };
}

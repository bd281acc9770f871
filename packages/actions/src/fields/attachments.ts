import { cleanText, needs, phoneNumberSchema, requestBody, shortTextField } from '@gateway/contracts';
import * as z from 'zod';
import { fieldError } from './field-error.ts';

/** How long a location can be live, in seconds. */
const [SHORTEST_LIVE, LONGEST_LIVE] = [60, 86_400];
/** Telegram's limit for the radius of a location, in metres. */
const MAX_ACCURACY = 1_500;
/** Telegram's limits for texts, in UTF-16 units. */
const [MAX_NAME, MAX_QUESTION, MAX_OPTION] = [64, 255, 100];
const [MIN_OPTIONS, MAX_OPTIONS] = [2, 10];

function between(least: number, most: number) {
  return z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`);
}

const locationSchema = requestBody({
  latitude: between(-90, 90),
  longitude: between(-180, 180),
  accuracy: between(0, MAX_ACCURACY).optional().describe('Its radius in metres'),
  live_seconds: z
    .int()
    .min(SHORTEST_LIVE, `must be at least ${SHORTEST_LIVE}`)
    .max(LONGEST_LIVE, `must be at most ${LONGEST_LIVE}`)
    .optional()
    .describe('A live location, for so long'),
}).meta({ id: 'Location' });

const nameSchema = shortTextField(MAX_NAME);

const contactSchema = requestBody({
  phone_number: phoneNumberSchema,
  first_name: nameSchema,
  last_name: nameSchema.optional(),
}).meta({ id: 'ContactCard' });

const pollSchema = requestBody({
  question: shortTextField(MAX_QUESTION),
  options: z
    .array(shortTextField(MAX_OPTION))
    .min(MIN_OPTIONS, `must hold at least ${MIN_OPTIONS} options`)
    .max(MAX_OPTIONS, `must hold at most ${MAX_OPTIONS} options`),
  multiple: z.boolean().default(false).describe('Several options may be chosen'),
  correct_option: z
    .int()
    .nonnegative('must be at least 0')
    .max(MAX_OPTIONS - 1, `must be at most ${MAX_OPTIONS - 1}`)
    .optional()
    .describe('Makes it a quiz: the right option, from 0'),
  anonymous: z.boolean().default(true).describe('Nobody sees who chose what'),
}).meta({ id: 'Poll' });

/** The fields of a request for what a message can have in place of a file. */
export const attachmentFields = {
  location: locationSchema.optional(),
  contact: contactSchema.optional(),
  poll: pollSchema
    .optional()
    .describe('Not to a person: Telegram takes polls for groups, channels, bots and oneself'),
};
type AttachmentRequest = z.output<z.ZodObject<typeof attachmentFields>>;

/** The same as fields of a job. Strict: an older worker puts a job with an unknown option back. */
export const attachmentJob = {
  location: z
    .strictObject({
      latitude: z.number(),
      longitude: z.number(),
      /** Metres. */
      accuracy: z.int().optional(),
      liveSeconds: z.int().optional(),
    })
    .optional(),
  contact: z
    .strictObject({ phoneNumber: z.string(), firstName: z.string(), lastName: z.string().optional() })
    .optional(),
  poll: z
    .strictObject({
      question: z.string(),
      options: z.array(z.string()),
      multiple: z.boolean(),
      /** The right option of a quiz, from 0. */
      correctOption: z.int().optional(),
      anonymous: z.boolean(),
    })
    .optional(),
};

/** What a message can have in place of a file. */
export const ATTACHMENTS = ['location', 'contact', 'poll'] as const;

/** What a send needs one of. */
export const CONTENTS = ['text', 'media', ...ATTACHMENTS] as const;

/** JSON Schema for {@link CONTENTS}: only a text and files go together. */
export const CONTENT_RULE = {
  oneOf: [{ anyOf: [needs('text'), needs('media')] }, ...ATTACHMENTS.map((name) => needs(name))],
};

/**
 * The attachment of a request, as fields of the job.
 * @throws {GatewayError} `VALIDATION` for one beside a text, a file or another one.
 */
export function attachmentOf(given: AttachmentRequest & { text?: unknown; media?: unknown }) {
  const { location, contact, poll } = given;
  const [attachment] = ATTACHMENTS.filter((name) => given[name] !== undefined);
  if (attachment === undefined) return {};
  const other = CONTENTS.find((name) => name !== attachment && given[name] !== undefined);
  if (other === 'text')
    throw fieldError('text', `must be absent where there is a ${attachment}: it has no caption`);
  if (other === 'media') throw fieldError(attachment, 'must be absent where there is media');
  if (other !== undefined) throw fieldError(other, `must be absent where there is a ${attachment}`);
  return {
    ...(location !== undefined && { location: locationOf(location) }),
    ...(contact !== undefined && { contact: contactOf(contact) }),
    ...(poll !== undefined && { poll: pollOf(poll) }),
  };
}

function locationOf({ latitude, longitude, accuracy, live_seconds }: z.output<typeof locationSchema>) {
  return {
    latitude,
    longitude,
    ...(accuracy !== undefined && { accuracy: Math.round(accuracy) }),
    ...(live_seconds !== undefined && { liveSeconds: live_seconds }),
  };
}

function contactOf({ phone_number, first_name, last_name }: z.output<typeof contactSchema>) {
  return {
    phoneNumber: phone_number,
    firstName: cleaned(first_name),
    ...(last_name !== undefined && { lastName: cleaned(last_name) }),
  };
}

function pollOf({ question, options, multiple, correct_option, anonymous }: z.output<typeof pollSchema>) {
  if (correct_option !== undefined && multiple)
    throw fieldError('poll.multiple', 'must be absent where there is a correct_option');
  if (correct_option !== undefined && correct_option >= options.length)
    throw fieldError(
      'poll.correct_option',
      `must be at most ${options.length - 1}: the options count from 0`,
    );
  return {
    question: cleaned(question),
    options: options.map(cleaned),
    multiple,
    ...(correct_option !== undefined && { correctOption: correct_option }),
    anonymous,
  };
}

function cleaned(text: string): string {
  return cleanText(text).trim();
}

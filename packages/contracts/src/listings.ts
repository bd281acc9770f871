import * as z from 'zod';
import { accountStateSchema } from './account.ts';
import { jobViewSchema } from './jobs.ts';
import { messageFields } from './message-fields.ts';
import { pageSchema } from './page.ts';
import { userIdSchema } from './recipients/user-id.ts';
import { requestBody } from './request-body.ts';
import { accountStandingSchema } from './responses.ts';
import { entitySchema } from './text/entities.ts';

/** Listings for people: accounts, their messages, and the history of the last hours. */

const whole = (max: number) => z.coerce.number().pipe(z.int().min(1).max(max));

const truth = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

/** The orders of the list of accounts. */
export const accountSortSchema = z
  .enum(['name', '-name', 'state', 'queue'], 'must be name, -name, state or queue')
  .meta({ id: 'AccountSort' });
export type AccountSort = z.infer<typeof accountSortSchema>;

/** `next` of a page: an account, behind its score if the list is not sorted by name. */
export const accountPlaceSchema = z
  .string()
  .max(96, 'must be `next` of the page before')
  .regex(/^(?:-?\d{1,15}:)?[A-Za-z0-9_.@+-]{1,64}$/, 'must be `next` of the page before');

/**
 * Part of a user_id, name, username or phone number, case-insensitive. A form writes the `+` of a phone number as a
 * space.
 */
const searchSchema = z
  .string()
  .max(64)
  .transform((text) => text.replace(/^ (?=\d)/, '+'));

export const accountListRequestSchema = z.strictObject({
  q: searchSchema.optional(),
  state: accountStateSchema.optional(),
  /** Whether a person has to act before the account sends. */
  needs_attention: truth.optional(),
  /** Whether it has messages that are not sent yet. */
  has_waiting: truth.optional(),
  sort: accountSortSchema.optional(),
  /** `next` of the page before. In an order by name it may be any user_id. */
  after: accountPlaceSchema.optional(),
  limit: whole(500).default(100),
});

/** An account in a list: its status and its user_id. */
const accountSummarySchema = accountStandingSchema.extend({ user_id: userIdSchema }).meta({ id: 'Account' });
export type AccountSummary = z.infer<typeof accountSummarySchema>;

export const accountListResponseSchema = z.object({
  status: z.literal('ok'),
  accounts: z.array(accountSummarySchema),
  total: z.int().describe('Accounts of the query on all pages'),
  next: z.string().nullable().describe('`after` of the next page'),
});

/** A message of an account, in a list. */
const sendSummarySchema = jobViewSchema
  .extend({
    recipient_id: z.string(),
    preview: z.string().describe('The beginning of its text, else the messages that it is about'),
    parts: z.int().describe('How many messages it is'),
    can_retry: z.boolean().describe('It failed and may be retried; false while the account is not signed in'),
  })
  .meta({ id: 'SendSummary' });
export type SendSummary = z.infer<typeof sendSummarySchema>;

/** The place of a failure in the list: its time in ms, and its job. */
const FAILURE_PLACE = /^(\d{1,16}):(\S{1,200})$/;

export const failureListRequestSchema = z.strictObject({
  q: searchSchema.optional(),
  limit: whole(100).default(50),
  /** `next` of the previous page. */
  before: z
    .string()
    .regex(FAILURE_PLACE, 'must be the next of another page')
    .transform((place) => {
      const [, at, jobId = ''] = FAILURE_PLACE.exec(place) ?? [];
      return { at: Number(at), jobId };
    })
    .optional(),
});

export const failureListResponseSchema = pageSchema.extend({
  failures: z.array(sendSummarySchema).describe('The latest first'),
});

export const sendListRequestSchema = z.strictObject({ limit: whole(100).default(50) });

export const sendListResponseSchema = z.object({
  status: z.literal('ok'),
  pending: z.array(sendSummarySchema).describe('Active and waiting jobs, in the order of sending'),
  ended: z.array(sendSummarySchema).describe('Ended jobs, the latest first'),
});

/** An account's status and messages, published again at each change. */
export const accountChangeSchema = z.object({
  account: accountSummarySchema,
  pending: z.array(sendSummarySchema),
  ended: z.array(sendSummarySchema),
});

export const historyRequestSchema = z.strictObject({ hours: whole(24).default(6) });

/** An account's messages in one time step. */
const historyPointSchema = z.object({
  at: z.iso.datetime().describe('When the step begins'),
  sent: z.int(),
  failed: z.int(),
  waiting: z.int().describe('Messages not yet sent at its end'),
  held_seconds: z.int().describe('How long its sends were held: flood waits and the like'),
});
export type HistoryPoint = z.infer<typeof historyPointSchema>;

export const historyResponseSchema = z.object({
  status: z.literal('ok'),
  step_seconds: z.int(),
  points: z.array(historyPointSchema).describe('The oldest first, one a step; the last step is not over'),
});

export const previewRequestSchema = requestBody({
  text: messageFields.text,
  parse_mode: messageFields.parse_mode,
  split: messageFields.split,
});

export const previewResponseSchema = z.object({
  status: z.literal('ok'),
  parts: z.array(z.object({ text: z.string(), entities: z.array(entitySchema) })),
});

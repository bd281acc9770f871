import * as z from 'zod';
import { accountStateSchema, userInfoSchema } from './account.ts';
import { qrCodeSchema } from './auth.ts';
import { codeSentSchema } from './code-sent.ts';
import { publicErrorSchema } from './errors/gateway-error.ts';
import { jobViewSchema } from './jobs.ts';
import { paceChoiceSchema, type PaceRules } from './pace.ts';
import { signInByCodeSchema, signInByQrSchema } from './pending-sign-in.ts';
import { repliesOnlySchema } from './receiving/replies-only.ts';
import { receivingSchema } from './receiving/requests.ts';

/**
 * Schemas of the API's response bodies. The OpenAPI document is generated from them, and a test checks real responses
 * against them.
 */

const time = z.iso.datetime();
const jobId = z.string();

/** Success of an action that a worker performed as a job. */
export const doneResponseSchema = z
  .object({ status: z.literal('ok'), message: z.string(), job_id: jobId })
  .meta({ id: 'Done' });

export const healthResponseSchema = z.object({ status: z.literal('ok') });

export const codeSentResponseSchema = codeSentSchema
  .extend({ status: z.literal('code_sent'), message: z.string(), job_id: jobId })
  .meta({ id: 'CodeSent' });

export const signedInSchema = z
  .object({ status: z.literal('authorized'), message: z.string(), job_id: jobId, user: userInfoSchema })
  .meta({ id: 'SignedIn' });

export const verifyResponseSchema = z
  .discriminatedUnion('status', [
    signedInSchema,
    z
      .object({
        status: z.literal('password_required'),
        message: z.string(),
        hint: z.string().nullable().describe("The owner's own hint at the password"),
        job_id: jobId,
      })
      .meta({ id: 'PasswordRequired' }),
  ])
  .meta({ id: 'SignInResult' });

/** The code to scan, or the sign-in's result ({@link verifyResponseSchema}) if the code was already scanned. */
export const qrResponseSchema = z.union([
  qrCodeSchema.extend({ job_id: jobId }).meta({ id: 'QrCodeShown' }),
  verifyResponseSchema,
]);

const paceRulesShownSchema = z.object({
  burst: z.int(),
  per_minute: z.number(),
  chat_burst: z.int(),
  chat_interval: z.number(),
  group_interval: z.number(),
  strangers_per_day: z.int(),
}) satisfies z.ZodType<PaceRules>;

const paceStandingSchema = z
  .discriminatedUnion('mode', [
    z.object({ mode: z.literal('off') }).meta({ id: 'NoPace' }),
    z
      .object({
        mode: z.literal('careful'),
        remaining: z.int().describe('Messages that may go out at once'),
        strangers_remaining: z.int(),
        strangers_reset_at: time,
        rules: paceRulesShownSchema,
      })
      .meta({ id: 'CarefulPace' }),
  ])
  .meta({ id: 'PaceStanding' });

const repliesOnlyShownSchema = z.union([z.literal(false), repliesOnlySchema]);

const signInShownSchema = z
  .discriminatedUnion('by', [
    signInByCodeSchema
      .extend({ message: z.string().describe('Where the code is') })
      .meta({ id: 'SignInByCode' }),
    signInByQrSchema,
  ])
  .describe('An unfinished sign-in, which another person or program can finish');

/** How an account stands: the fields of its status and of its entry in lists. */
export const accountStandingSchema = z
  .object({
    authorized: z.boolean(),
    user_info: userInfoSchema.nullable(),
    state: accountStateSchema,
    flood_wait_until: time.nullable(),
    held: z
      .object({ reason: z.string(), until: time, message: z.string().optional() })
      .meta({ id: 'Held' })
      .optional()
      .describe('Why all of its sends are held, and until when'),
    chats_held: z.int().optional().describe('How many chats have to wait, for slow mode or a failed try'),
    look_ups_held_until: time.optional().describe('Sends to known recipients go on'),
    pending: z.object({ waiting: z.int(), delayed: z.int(), active: z.int() }).meta({ id: 'PendingCounts' }),
    pace: paceStandingSchema.optional(),
    replies_only: repliesOnlyShownSchema.describe(
      'Whom it may write to in private chats: anybody, or those who wrote to it',
    ),
    receiving: receivingSchema,
    proxy: z.string().optional().describe('Its own proxy, without the password'),
    sign_in: signInShownSchema.optional(),
    reason: z.string().optional(),
    next_action: z.string().optional().describe('What a person has to do'),
  })
  .meta({ id: 'AccountStanding' });

export const statusResponseSchema = accountStandingSchema.extend({ status: z.literal('ok') }).meta({
  id: 'Status',
  examples: [
    {
      status: 'ok',
      authorized: true,
      user_info: {
        id: 987654321,
        first_name: 'Alice',
        last_name: null,
        username: null,
        phone_number: null,
      },
      state: 'flood_wait',
      flood_wait_until: '2026-01-15T12:00:30Z',
      pending: { waiting: 2, delayed: 0, active: 0 },
      replies_only: false,
      receiving: { enabled: false, since: null, last_seq: 0, oldest_seq: 1, gaps: 0, filter: {} },
    },
  ],
});

/** The response of an action that ended within the wait, with the action's result. */
export function endedResponseSchema<R extends z.ZodRawShape>(result: z.ZodObject<R>) {
  return result.extend({ status: z.literal('ok'), success: z.literal(true), job_id: jobId });
}

export const queuedResponseSchema = z
  .object({
    status: z.literal('queued'),
    job_id: jobId,
    state: z.enum(['waiting', 'active', 'delayed']),
    reason: z.string().optional().describe('Why it is held, such as FLOOD_WAIT'),
    retry_at: time.optional().describe('When it is tried; absent if a person has to resume it'),
  })
  .meta({ id: 'Queued' });

const refusedItemSchema = publicErrorSchema
  .extend({ status: z.literal('error') })
  .meta({ id: 'RefusedItem' });

export const batchResponseSchema = z
  .object({
    status: z.literal('queued'),
    jobs: z
      .array(z.union([z.object({ job_id: jobId }).meta({ id: 'AcceptedItem' }), refusedItemSchema]))
      .describe('One for each item, in their order'),
  })
  .meta({ id: 'BatchQueued' });

const checkedItemSchema = z
  .object({
    status: z.literal('ok'),
    parts: z.int().describe('How many messages it would be'),
    repeated: z
      .literal(true)
      .optional()
      .describe('Accepted before under this Idempotency-Key: it would not be sent again'),
    reason: z.string().optional().describe('Why it would be held, such as PAUSED'),
    retry_at: time.optional().describe('Until when; absent if a person has to resume it'),
  })
  .meta({ id: 'CheckedItem' });
export type CheckedItem = z.infer<typeof checkedItemSchema>;

/** The response to a batch with `dry_run`. */
export const batchCheckResponseSchema = z
  .object({
    status: z.literal('checked'),
    jobs: z
      .array(z.union([checkedItemSchema, refusedItemSchema]))
      .describe('One for each item, in their order'),
  })
  .meta({ id: 'BatchChecked' });

export const jobResponseSchema = jobViewSchema.extend({ status: z.literal('ok') }).meta({ id: 'Job' });

/** Response of pause and resume. */
export const accountStateResponseSchema = doneResponseSchema
  .extend({ state: accountStateSchema })
  .meta({ id: 'AccountChanged' });

export const proxyResponseSchema = doneResponseSchema.extend({
  state: accountStateSchema,
  proxy: z.string().nullable().describe('Its own proxy, without the password'),
});

export const paceResponseSchema = doneResponseSchema.extend({
  pace: paceChoiceSchema.nullable(),
  replies_only: repliesOnlyShownSchema,
});

/** The error response of any request. The fields after `request_id` are present only where they apply. */
export const errorResponseSchema = publicErrorSchema
  .extend({
    status: z.literal('error'),
    request_id: z.string(),
    user: userInfoSchema.nullable().optional().describe('Of ALREADY_AUTHORIZED'),
    hint: z.string().nullable().optional().describe('Of PASSWORD_INVALID'),
    sent_message_ids: z
      .array(z.int())
      .optional()
      .describe('Of a text that was split: the messages that are out'),
    dependency: z
      .object({ job_id: jobId, code: z.string() })
      .optional()
      .describe('Of DEPENDENCY_FAILED: the job that sent nothing, and why'),
    oldest_seq: z.int().optional().describe('Of EVENTS_GONE: number of the oldest kept event'),
    last_seq: z.int().optional().describe('Of EVENTS_GONE: number of the latest event'),
    part: z.enum(['redis', 'workers', 'accounts']).optional().describe('Of /readyz: what is missing'),
  })
  .meta({
    id: 'Error',
    examples: [
      {
        status: 'error',
        code: 'FLOOD_WAIT',
        message: 'Telegram asks this account to wait.',
        kind: 'retryable',
        request_id: '0d2f8a7e',
        retry_after: 300,
      },
    ],
  });

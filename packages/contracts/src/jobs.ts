import * as z from 'zod';
import { accountViewSchema, userInfoSchema } from './account.ts';
import { qrResultSchema, verifyResultSchema } from './auth.ts';
import { codeSentSchema } from './code-sent.ts';
import { publicErrorSchema } from './errors/gateway-error.ts';
import { networkChangeSchema } from './network.ts';
import { paceChoiceSchema } from './pace.ts';
import { READ_JOBS } from './reading/reads.ts';
import { eventFilterSchema } from './receiving/filter.ts';
import { repliesOnlySchema } from './receiving/replies-only.ts';
import { userIdSchema } from './recipients/user-id.ts';
import { typingPayloadSchema } from './typing.ts';

/**
 * The catalogue of control jobs: name → payload and result, shared by producer and consumer. A payload is sealed in
 * Redis, because it may hold a code, a password or a phone number; results hold none of these.
 */
export const CONTROL_JOBS = {
  'auth.start': {
    payload: z.object({ phoneNumber: z.string(), network: networkChangeSchema.optional() }),
    result: codeSentSchema,
  },
  'auth.resend': { payload: z.object({}), result: codeSentSchema },
  'auth.cancel': { payload: z.object({}), result: z.object({}) },
  'auth.verify': {
    payload: z.object({
      phoneCode: z.string().optional(),
      /** The caller sent a JSON number, so leading zeros are lost. */
      codeIsNumber: z.boolean().optional(),
      password: z.string().optional(),
    }),
    result: verifyResultSchema,
  },
  /**
   * Returns the QR code to scan now, renewed if it is about to expire. If there is no unfinished QR sign-in,
   * `begin: true` starts one and `begin: false` fails with `AUTH_NOT_STARTED`. Scanning the code signs in the gateway;
   * it gives the scanner no access.
   */
  'auth.qr': {
    payload: z.object({ begin: z.boolean(), network: networkChangeSchema.optional() }),
    result: qrResultSchema,
  },
  /** Cancels a send that its lane has already fetched. */
  'send.cancel': {
    payload: z.object({ jobId: z.string() }),
    result: z.object({ outcome: z.enum(['cancelled', 'too_late', 'not_fetched']) }),
  },
  ...READ_JOBS,
  'chat.typing': { payload: typingPayloadSchema, result: z.object({ shown: z.boolean() }) },
  'account.status': { payload: z.object({}), result: accountViewSchema },
  'account.pause': { payload: z.object({}), result: accountViewSchema },
  'account.resume': { payload: z.object({}), result: accountViewSchema },
  'account.pace': {
    payload: z.object({
      pace: paceChoiceSchema.nullable().optional(),
      repliesOnly: z.union([z.literal(false), repliesOnlySchema]).optional(),
    }),
    result: accountViewSchema,
  },
  'account.proxy': { payload: z.object({ proxy: z.string().nullable() }), result: accountViewSchema },
  'account.receive': {
    payload: z.object({ enabled: z.boolean(), filter: eventFilterSchema.out.optional() }),
    result: accountViewSchema,
  },
  'account.disconnect': {
    payload: z.object({ logout: z.boolean(), forget: z.boolean().default(false) }),
    result: z.object({}),
  },
  'session.import': {
    payload: z.object({
      /** A backup, or `v1.<data centre>.<auth key>`. */
      session: z.string(),
      /** Passphrase of the backup. */
      passphrase: z.string().optional(),
      network: networkChangeSchema.optional(),
      /** The session says that it belongs to Telegram's test servers. */
      test_mode: z.boolean().default(false),
    }),
    result: z.object({ user: userInfoSchema }),
  },
  /** The passphrase seals the backup in the result. */
  'session.export': {
    payload: z.object({ passphrase: z.string(), detach: z.boolean() }),
    result: z.object({ backup: z.string() }),
  },
} as const;

export type ControlJobName = keyof typeof CONTROL_JOBS;
/** The control jobs that only read, and whose results nobody needs twice. */
export type ReadJobName = keyof typeof READ_JOBS;
export type ControlPayload<N extends ControlJobName> = z.infer<(typeof CONTROL_JOBS)[N]['payload']>;
export type ControlResult<N extends ControlJobName> = z.infer<(typeof CONTROL_JOBS)[N]['result']>;

export function isControlJobName(name: string): name is ControlJobName {
  return Object.hasOwn(CONTROL_JOBS, name);
}

export function isReadJobName(name: ControlJobName): name is ReadJobName {
  return Object.hasOwn(READ_JOBS, name);
}

/** A control job as stored in Redis. */
export const controlJobSchema = z.object({
  userId: userIdSchema,
  /** The payload, sealed (AES-256-GCM) and bound to the job's name and account. */
  sealed: z.string(),
  /** ms since the epoch. A job not started by then is refused, so that no login code is sent long after the request. */
  expiresAt: z.number().int(),
  requestId: z.string(),
});
export type ControlJob = z.infer<typeof controlJobSchema>;

const jobStateSchema = z
  .enum(['waiting', 'active', 'delayed', 'completed', 'failed', 'cancelled'])
  .meta({ id: 'JobState' });
export type JobState = z.infer<typeof jobStateSchema>;

/** Only the documents say the format: the API itself writes these times. */
const time = z.string().meta({ format: 'date-time' });

/** A job as `GET /jobs/{job_id}` shows it. Times are RFC 3339, UTC. */
export const jobViewSchema = z
  .object({
    job_id: z.string(),
    type: z.string(),
    user_id: userIdSchema,
    state: jobStateSchema,
    attempts: z
      .number()
      .int()
      .describe('Tries that reached Telegram, except those that met a flood wait or slow mode'),
    created_at: time,
    finished_at: time.nullable(),
    read_at: time
      .nullable()
      .describe('When the other side had read it, in a private chat of an account that receives; else null'),
    retry_at: time.nullable(),
    reason: z.string().nullable(),
    result: z.record(z.string(), z.unknown()).meta({ id: 'JobResult' }).nullable(),
    error: publicErrorSchema.loose().meta({ id: 'JobError' }).nullable(),
  })
  .meta({ id: 'JobFields' });
export type JobView = z.infer<typeof jobViewSchema>;

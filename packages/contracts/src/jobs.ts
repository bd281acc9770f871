import * as z from 'zod';
import { accountViewSchema, userInfoSchema } from './account.ts';
import { codeSentSchema, qrResultSchema, verifyResultSchema } from './auth.ts';
import { entitySchema } from './entities.ts';
import { publicErrorSchema } from './gateway-error.ts';
import { paceChoiceSchema } from './pace.ts';
import { sendResultSchema } from './send.ts';
import { userIdSchema } from './user-id.ts';

/** What a `send` job carries. Lives in the account's own queue. */
export const sendJobSchema = z.object({
  userId: userIdSchema,
  recipient: z.string(),
  text: z.string(),
  /** Where the text is cut into messages, as offsets in UTF-16 units, rising; fixed here so that every try cuts alike. */
  cuts: z.array(z.int().positive()).optional(),
  /** The formatting of `text`. */
  entities: z.array(entitySchema).optional(),
  replyTo: z.number().int().optional(),
  silent: z.boolean().optional(),
  linkPreview: z.boolean(),
  requestId: z.string(),
  /** Told of the job's end. */
  callbackUrl: z.string().optional(),
  /** Of the request that the assistant wrote this for: tells a repeat of it under the same Idempotency-Key. */
  askedDigest: z.string().optional(),
  /** How often it was tried again by hand after it had failed. */
  retries: z.int().positive().optional(),
  /** When it was last tried again by hand, ms since the epoch. */
  retriedAt: z.int().optional(),
  /** Of the message as the caller gave it: tells a repeat under the same Idempotency-Key from another message; empty where there is no key. */
  digest: z.string(),
});
export type SendJob = z.infer<typeof sendJobSchema>;

/**
 * The catalogue of control jobs: name → payload and result, for producer and consumer alike. A payload travels sealed, since it may
 * hold a code, a password or a phone number; results hold none of these.
 */
export const CONTROL_JOBS = {
  'auth.start': { payload: z.object({ phoneNumber: z.string() }), result: codeSentSchema },
  'auth.resend': { payload: z.object({}), result: codeSentSchema },
  'auth.cancel': { payload: z.object({}), result: z.object({}) },
  'auth.verify': {
    payload: z.object({
      phoneCode: z.string().optional(),
      /** The caller gave a JSON number, which has lost its leading zeros. */
      codeIsNumber: z.boolean().optional(),
      password: z.string().optional(),
    }),
    result: verifyResultSchema,
  },
  /**
   * The QR code to scan now, renewed where it is about to expire. `begin`: a sign-in is begun where no QR one is under way; else that is
   * `AUTH_NOT_STARTED`. Whoever scans the code of the result lets the gateway in, and gets nothing by it himself.
   */
  'auth.qr': { payload: z.object({ begin: z.boolean() }), result: qrResultSchema },
  /** Takes back a send that its lane has in hand. */
  'send.cancel': {
    payload: z.object({ jobId: z.string() }),
    result: z.object({ outcome: z.enum(['cancelled', 'too_late', 'not_in_hand']) }),
  },
  'account.status': { payload: z.object({}), result: accountViewSchema },
  'account.pause': { payload: z.object({}), result: accountViewSchema },
  'account.resume': { payload: z.object({}), result: accountViewSchema },
  'account.pace': { payload: z.object({ pace: paceChoiceSchema.nullable() }), result: accountViewSchema },
  'account.disconnect': {
    payload: z.object({ logout: z.boolean(), forget: z.boolean().default(false) }),
    result: z.object({}),
  },
  'session.import': {
    payload: z.object({
      /** A backup, or `v1.<data centre>.<auth key>`. */
      session: z.string(),
      /** Of a backup. */
      passphrase: z.string().optional(),
      /** The session says that it belongs to Telegram's test servers. */
      test_mode: z.boolean().default(false),
    }),
    result: z.object({ user: userInfoSchema }),
  },
  /** The result is sealed by the passphrase. */
  'session.export': {
    payload: z.object({ passphrase: z.string(), detach: z.boolean() }),
    result: z.object({ backup: z.string() }),
  },
} as const;

export type ControlJobName = keyof typeof CONTROL_JOBS;
export type ControlPayload<N extends ControlJobName> = z.infer<(typeof CONTROL_JOBS)[N]['payload']>;
export type ControlResult<N extends ControlJobName> = z.infer<(typeof CONTROL_JOBS)[N]['result']>;

export function isControlJobName(name: string): name is ControlJobName {
  return Object.hasOwn(CONTROL_JOBS, name);
}

/** What a control job carries in Redis. */
export const controlJobSchema = z.object({
  userId: userIdSchema,
  /** The payload, sealed (AES-256-GCM), bound to the job's name and account. */
  sealed: z.string(),
  /** ms since the epoch: a job not begun by then is refused, so that a code is not sent by surprise. */
  expiresAt: z.number().int(),
  requestId: z.string(),
});
export type ControlJob = z.infer<typeof controlJobSchema>;

const jobStateSchema = z.enum(['waiting', 'active', 'delayed', 'completed', 'failed', 'cancelled']);
export type JobState = z.infer<typeof jobStateSchema>;

/** A job as `GET /jobs/{job_id}` shows it. Times are RFC 3339, UTC. */
export const jobViewSchema = z.object({
  job_id: z.string(),
  type: z.string(),
  user_id: userIdSchema,
  state: jobStateSchema,
  attempts: z
    .number()
    .int()
    .describe(
      'Tries that reached Telegram, over restarts and retries by hand, without those that it answered with a flood wait or slow mode; 1 where the message went out at once, however many parts it has',
    ),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  retry_at: z.string().nullable(),
  reason: z.string().nullable(),
  result: z.union([sendResultSchema, z.record(z.string(), z.unknown())]).nullable(),
  error: publicErrorSchema.loose().nullable(),
});
export type JobView = z.infer<typeof jobViewSchema>;

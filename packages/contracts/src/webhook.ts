import * as z from 'zod';
import { accountStateSchema } from './account.ts';
import { userIdSchema } from './user-id.ts';

/** A change of an account's state, as it is posted to `EVENTS_CALLBACK_URL`. */
const accountEventSchema = z.object({
  /** Names this event: one that comes twice is one event. */
  id: z.string(),
  type: z.literal('account.state'),
  user_id: userIdSchema,
  state: accountStateSchema,
  /** What it was before. */
  previous: accountStateSchema,
  reason: z.string().nullable(),
  next_action: z.string().nullable(),
  /** RFC 3339. */
  at: z.string(),
});
export type AccountEvent = z.infer<typeof accountEventSchema>;

/** One try to deliver a webhook. */
const webhookAttemptSchema = z.object({
  /** RFC 3339. */
  at: z.string(),
  /** The receiver's HTTP status; `null` where there was no answer. */
  status: z.int().nullable(),
  /** Why it counts as failed; `null` where it does not. */
  error: z.string().nullable(),
  ms: z.int().nonnegative(),
});
export type WebhookAttempt = z.infer<typeof webhookAttemptSchema>;

/** What a webhook tells of: the end of a job, or an event of an account. */
const webhookSubjectSchema = z.discriminatedUnion('about', [
  z.object({ about: z.literal('job'), job_id: z.string() }),
  z.object({ about: z.literal('account'), event: accountEventSchema }),
]);

/** A webhook as its queue keeps it. */
export const webhookJobSchema = z.intersection(
  webhookSubjectSchema,
  z.object({
    user_id: userIdSchema,
    url: z.string(),
    /** What is posted: fixed at the first try, so that each posts the same. */
    body: z.string().optional(),
    /** The latest tries, oldest first. */
    attempts: z.array(webhookAttemptSchema),
  }),
);
export type WebhookJob = z.infer<typeof webhookJobSchema>;

/** A webhook as `GET /webhooks/deliveries` shows it. */
export const webhookDeliverySchema = z.strictObject({
  id: z.string(),
  type: z.enum(['job', 'account.state']),
  user_id: userIdSchema,
  /** `null` for events of accounts. */
  job_id: z.string().nullable(),
  /** What a query or a password in it says is hidden. */
  url: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.array(webhookAttemptSchema),
  created_at: z.string(),
  /** RFC 3339, while it is pending and not being tried. */
  next_attempt_at: z.string().nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

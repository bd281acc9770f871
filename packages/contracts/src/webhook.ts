import * as z from 'zod';
import { accountStateSchema } from './account.ts';
import { userIdSchema } from './recipients/user-id.ts';

/** RFC 3339. Only the documents say the format: the gateway itself writes these times. */
const time = z.string().meta({ format: 'date-time' });

/** A change of an account's state, as posted to `EVENTS_CALLBACK_URL`. */
const accountEventSchema = z.object({
  /** Identifies the event: a repeated delivery has the same id. */
  id: z.string(),
  type: z.literal('account.state'),
  user_id: userIdSchema,
  state: accountStateSchema,
  /** The state before the change. */
  previous: accountStateSchema,
  reason: z.string().nullable(),
  next_action: z.string().nullable(),
  at: time,
});
export type AccountEvent = z.infer<typeof accountEventSchema>;

/** One attempt to deliver a webhook. */
const webhookAttemptSchema = z
  .object({
    at: time,
    /** The receiver's HTTP status; `null` if it did not answer. */
    status: z.int().nullable(),
    /** Why the attempt failed; `null` if it succeeded. */
    error: z.string().nullable(),
    ms: z.int().nonnegative(),
  })
  .meta({ id: 'WebhookAttempt' });
export type WebhookAttempt = z.infer<typeof webhookAttemptSchema>;

/** The subject of a webhook: the end of a job, or an event of an account. */
const webhookSubjectSchema = z.discriminatedUnion('about', [
  z.object({ about: z.literal('job'), job_id: z.string() }),
  z.object({ about: z.literal('account'), event: accountEventSchema }),
]);

/** A webhook as stored in its queue. */
export const webhookJobSchema = z.intersection(
  webhookSubjectSchema,
  z.object({
    user_id: userIdSchema,
    url: z.string(),
    /** The body to post. Fixed at the first attempt so that every attempt posts the same. */
    body: z.string().optional(),
    /** The latest attempts, oldest first. */
    attempts: z.array(webhookAttemptSchema),
  }),
);
export type WebhookJob = z.infer<typeof webhookJobSchema>;

/** A webhook as `GET /webhooks/deliveries` shows it. */
export const webhookDeliverySchema = z
  .strictObject({
    id: z.string(),
    type: z.enum(['job', 'account.state']),
    user_id: userIdSchema,
    /** `null` for account events. */
    job_id: z.string().nullable(),
    /** The content of a query and a password in the URL are hidden. */
    url: z.string(),
    state: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.array(webhookAttemptSchema),
    created_at: time,
    /** Set while the webhook is pending and no attempt is running. */
    next_attempt_at: time.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

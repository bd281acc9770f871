import { userIdSchema } from '@gateway/contracts';
import * as z from 'zod';

/** The fields of every job in an account's queue. */
export const jobEnvelope = {
  /** Version of the job's format; absent: 1. */
  v: z.int().positive().optional(),
  userId: userIdSchema,
  requestId: z.string(),
  /** The ended job is posted to this URL. */
  callbackUrl: z.string().optional(),
  /**
   * The job whose messages this one is about, and the `recipient_id` that it sends them to. This job joins the queue
   * once that one has ended, and its own ids of messages are blank.
   */
  after: z.object({ jobId: z.string(), recipient: z.string() }).optional(),
  /** Number of manual retries after a failure. */
  retries: z.int().positive().optional(),
  /** Time of the last manual retry, ms since the epoch. */
  retriedAt: z.int().optional(),
  /**
   * Digest of the request as the caller gave it. Under one Idempotency-Key it tells a repeat from another request.
   * Empty without a key.
   */
  digest: z.string(),
  /**
   * Digest of the request that the assistant answered with this message. Recognizes a repeat of it under the same
   * Idempotency-Key.
   */
  askedDigest: z.string().optional(),
};

/** What every version of every job has. */
export const jobEnvelopeSchema = z.looseObject(jobEnvelope);
export type JobEnvelope = z.infer<typeof jobEnvelopeSchema>;

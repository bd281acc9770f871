import {
  GatewayError,
  isStopped,
  sendResultSchema,
  type AccountView,
  type HoldNotice,
  type JobView,
  type SendResult,
} from '@gateway/contracts';
import type { Accepted } from '@gateway/queue';
import type { Settings } from '@gateway/runtime';
import type { ApiProducer } from './context.ts';

/** How an accepted send stands when its caller is answered. */
export type SendOutcome =
  | { state: 'completed'; result: SendResult }
  /** Not sent yet. `reason` and `retryAt` (RFC 3339) where it is held. */
  | {
      state: Exclude<JobView['state'], 'completed' | 'failed' | 'cancelled'>;
      reason: string | null;
      retryAt: string | null;
    };

export interface SendWait {
  waitMs: number;
  /** What held it before it was accepted. */
  hold: HoldNotice | null;
  /** The job may be an earlier one (Idempotency-Key), whose end has been told already. */
  mayBeOld: boolean;
  /** Aborted when waiting is of no more use. The message stays accepted. */
  signal: AbortSignal;
}

/**
 * Waits for the end of a send, at most `waitMs`, and not at all where the account is held for longer.
 * @throws {GatewayError} what the send failed with, with its `job_id`.
 */
export async function awaitSend(
  producer: Pick<ApiProducer, 'job'>,
  { jobId, wait }: Accepted,
  { waitMs, hold, mayBeOld, signal }: SendWait,
): Promise<SendOutcome> {
  if (mayBeOld) {
    const outcome = await readOutcome(producer, jobId);
    if (outcome.state === 'completed' || waitMs === 0 || outlasts(outcome, waitMs)) return outcome;
  }
  if (waitMs === 0 || signal.aborted) return queued(hold);
  if (hold !== null && (hold.until ?? Infinity) > Date.now() + waitMs) return queued(hold);
  const end = await wait.until(waitMs, signal);
  if (end.end === 'held') return queued(end.hold);
  if (end.end === 'finished' && end.result !== undefined) return { state: 'completed', result: end.result };
  return readOutcome(producer, jobId);
}

/** Whether it is known to wait for longer than its caller does, or for a person. */
function outlasts(outcome: SendOutcome, waitMs: number): boolean {
  if (outcome.state !== 'delayed' || outcome.reason === null) return false;
  return outcome.retryAt === null || Date.parse(outcome.retryAt) > Date.now() + waitMs;
}

function queued(hold: HoldNotice | null): SendOutcome {
  if (hold === null) return { state: 'waiting', reason: null, retryAt: null };
  const retryAt = hold.until === null ? null : new Date(hold.until).toISOString();
  return { state: 'delayed', reason: hold.reason, retryAt };
}

async function readOutcome(producer: Pick<ApiProducer, 'job'>, jobId: string): Promise<SendOutcome> {
  const job = await readAccepted(producer, jobId);
  if (job === 'unknown') return queued(null);
  if (job.state === 'completed') return { state: job.state, result: sendResultSchema.parse(job.result) };
  if (job.state === 'failed') throw GatewayError.fromPublicJson(JSON.stringify(job.error)).with({ jobId });
  if (job.state === 'cancelled') throw new GatewayError('CANCELLED', undefined, { jobId });
  return { state: job.state, reason: job.reason, retryAt: job.retry_at };
}

/** An accepted message stays accepted when Redis goes away afterwards: an error would make its caller send it twice. */
async function readAccepted(producer: Pick<ApiProducer, 'job'>, jobId: string): Promise<JobView | 'unknown'> {
  try {
    return (await producer.job(jobId)) ?? 'unknown';
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'QUEUE_UNAVAILABLE') return 'unknown';
    throw GatewayError.from(error).with({ jobId });
  }
}

/** Why the message will not go out yet, as far as it is known before it is tried. */
export function holdOf(
  view: AccountView,
  sendAt: number | undefined,
  { SEND_MAX_WAIT }: Pick<Settings, 'SEND_MAX_WAIT'>,
): HoldNotice | null {
  const now = Date.now();
  if (sendAt !== undefined && sendAt > now) return { reason: 'SEND_AT', until: sendAt };
  if (isStopped(view)) return { reason: view.reason ?? view.state.toUpperCase(), until: null };
  // One that is not kept for so long fails at once: its end is worth waiting for.
  return view.hold !== null && view.hold.until - now > SEND_MAX_WAIT ? null : view.hold;
}

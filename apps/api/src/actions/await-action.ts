import {
  GatewayError,
  holdReasonOf,
  isStopped,
  isTurnReason,
  type AccountView,
  type HoldNotice,
  type JobView,
} from '@gateway/contracts';
import type { Accepted, Producer } from '@gateway/queue';
import type { Settings } from '@gateway/runtime';

/** The state of an accepted action when its caller gets the response. */
export type ActionOutcome =
  | { state: 'completed'; result: object }
  /** Not done yet. A held job has `reason` and, if known, `retryAt` (RFC 3339). */
  | {
      state: Exclude<JobView['state'], 'completed' | 'failed' | 'cancelled'>;
      reason: string | null;
      retryAt: string | null;
    };

export interface ActionWait {
  waitMs: number;
  /** The hold at enqueue time, if any. */
  hold: HoldNotice | null;
  /** The job may be an earlier one with the same Idempotency-Key, whose end was already published. */
  mayBeOld: boolean;
  /** Aborted when nobody needs the result any more. The message stays accepted. */
  signal: AbortSignal;
}

/**
 * Waits at most `waitMs` for the result of an action. Does not wait if the account is held for longer.
 * @throws {GatewayError} the error of a failed job, with its `job_id`.
 */
export async function awaitAction(
  producer: Pick<Producer, 'job'>,
  { jobId, wait }: Accepted,
  { waitMs, hold, mayBeOld, signal }: ActionWait,
): Promise<ActionOutcome> {
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

const DEPENDENCY = 'DEPENDENCY';

/** Whether the job is known to wait for longer than `waitMs`, or for a person. */
function outlasts(outcome: ActionOutcome, waitMs: number): boolean {
  if (outcome.state !== 'delayed' || outcome.reason === null) return false;
  // The job that it waits for may end at any time.
  if (outcome.reason === DEPENDENCY || isTurnReason(holdReasonOf(outcome.reason))) return false;
  return outcome.retryAt === null || Date.parse(outcome.retryAt) > Date.now() + waitMs;
}

function queued(hold: HoldNotice | null): ActionOutcome {
  if (hold === null) return { state: 'waiting', reason: null, retryAt: null };
  const retryAt = hold.until === null ? null : new Date(hold.until).toISOString();
  return { state: 'delayed', reason: hold.reason, retryAt };
}

async function readOutcome(producer: Pick<Producer, 'job'>, jobId: string): Promise<ActionOutcome> {
  const job = await readAccepted(producer, jobId);
  if (job === 'unknown') return queued(null);
  if (job.state === 'completed') return { state: job.state, result: job.result ?? {} };
  if (job.state === 'failed') throw GatewayError.fromPublicJson(JSON.stringify(job.error)).with({ jobId });
  if (job.state === 'cancelled') throw new GatewayError('CANCELLED', undefined, { jobId });
  return { state: job.state, reason: job.reason, retryAt: job.retry_at };
}

/**
 * If Redis becomes unavailable after a message was accepted, it stays accepted: an error would make the caller send it
 * again.
 */
async function readAccepted(producer: Pick<Producer, 'job'>, jobId: string): Promise<JobView | 'unknown'> {
  try {
    return (await producer.job(jobId)) ?? 'unknown';
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'QUEUE_UNAVAILABLE') return 'unknown';
    throw GatewayError.from(error).with({ jobId });
  }
}

/** The known hold of a job before its first attempt; `null`: none. */
export function holdOf(
  view: AccountView,
  sendAt: number | undefined,
  { SEND_MAX_WAIT }: Pick<Settings, 'SEND_MAX_WAIT'>,
): HoldNotice | null {
  const now = Date.now();
  if (sendAt !== undefined && sendAt > now) return { reason: 'SEND_AT', until: sendAt };
  if (isStopped(view)) return { reason: view.reason ?? view.state.toUpperCase(), until: null };
  // A message that would be held longer than SEND_MAX_WAIT fails at once, so its result is worth waiting for.
  return view.hold !== null && view.hold.until - now > SEND_MAX_WAIT ? null : view.hold;
}

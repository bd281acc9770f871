import {
  GatewayError,
  isReadJobName,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
} from '@gateway/contracts';
import type { Producer } from '@gateway/queue';
import type { Settings } from '@gateway/runtime';
import type { Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { withEitherSignal } from '../http/either-signal.ts';
import { auditLog } from './audit.ts';

/** Maximum ms that a caller waits for a job that a worker has started. */
const MAX_WAIT_MS = 60_000;
/** Seconds after which a caller may look what became of a job that goes on. */
const LOOK_AFTER = 5;

const QUEUE_LOST =
  'The queue (Redis) stopped answering while this ran: it may have taken effect. Look at the status, or at the job, before you try again.';

/** What {@link runInteractive} needs of the API's context. */
export interface InteractiveContext {
  producer: { control: Pick<Producer['control'], 'enqueue' | 'result' | 'withdraw' | 'outage'> };
  settings: Pick<Settings, 'AUTH_WAIT_MS'>;
}

export interface InteractiveCall<N extends ControlJobName> {
  name: N;
  userId: string;
  payload: ControlPayload<N>;
  requestId: string;
  /** Aborted when the caller hangs up. A job that no worker has started is then withdrawn. */
  signal: AbortSignal;
}

/**
 * Runs a job on a worker while the caller waits.
 *
 * enqueued → started within AUTH_WAIT_MS → its result, or its error with `job_id`
 *          → not started: withdrawn, `WORKER_UNAVAILABLE`, so that no login code is sent unexpectedly later
 *          → started but not ended within 60 s: `TELEGRAM_TIMEOUT`; the job continues
 *          → Redis unavailable meanwhile: `QUEUE_UNAVAILABLE` at once, outcome unknown
 */
export async function runInteractive<N extends ControlJobName>(
  { producer, settings }: InteractiveContext,
  { name, userId, payload, requestId, signal }: InteractiveCall<N>,
): Promise<{ jobId: string; result: ControlResult<N> }> {
  const startedAt = Date.now();
  const expiresAt = startedAt + settings.AUTH_WAIT_MS;
  const { jobId, wait } = await producer.control.enqueue(name, userId, payload, { expiresAt, requestId });
  const ended = new AbortController();
  const lost = new AbortController();
  void producer.control.outage(userId, ended.signal).then((error) => error !== null && lost.abort(error));
  const resultWithin = async (ms: number) => {
    if (!signal.aborted)
      await withEitherSignal(signal, lost.signal, (either) => wait.until(Math.max(0, ms), either));
    lost.signal.throwIfAborted();
    return producer.control.result(name, jobId);
  };
  try {
    const early = await resultWithin(settings.AUTH_WAIT_MS);
    if (early !== null) return { jobId, result: early };
    if (await producer.control.withdraw(userId, jobId)) throw new GatewayError('WORKER_UNAVAILABLE');
    const late = await resultWithin(startedAt + MAX_WAIT_MS - Date.now());
    if (late !== null) return { jobId, result: late };
    throw new GatewayError('TELEGRAM_TIMEOUT', undefined, { retryAfter: LOOK_AFTER });
  } catch (thrown) {
    const error = GatewayError.from(thrown).with({ jobId });
    if (error.code !== 'QUEUE_UNAVAILABLE') throw error;
    // The job is already enqueued, so a worker may have run it.
    throw new GatewayError(error.code, QUEUE_LOST, {
      ...error.details,
      kind: 'unknown_outcome',
      cause: error.cause,
    });
  } finally {
    ended.abort();
    wait.cancel();
  }
}

/** Whether the worker that ran the job has lost the account meanwhile, so that the next one can be asked. */
export function isOnNextWorker(thrown: unknown): boolean {
  const { code, kind } = GatewayError.from(thrown);
  return code === 'WORKER_UNAVAILABLE' && kind === 'unknown_outcome';
}

/** Calls {@link runInteractive} for the current request and adds the job's id to its log line. */
export async function runForCaller<N extends ControlJobName>(
  context: ApiContext,
  c: Context<ApiEnv>,
  name: N,
  userId: string,
  payload: ControlPayload<N>,
): Promise<{ jobId: string; result: ControlResult<N> }> {
  const requestId = c.get('requestId');
  const { signal } = c.req.raw;
  try {
    const ended = await runInteractive(context, { name, userId, payload, requestId, signal });
    const { jobId } = ended;
    c.get('facts').jobId = jobId;
    if (isAudited(name)) auditLog(context, c, name, { userId, jobId });
    return ended;
  } catch (thrown) {
    const { code, details } = GatewayError.from(thrown);
    if (isAudited(name)) auditLog(context, c, name, { userId, jobId: details.jobId, code });
    throw thrown;
  }
}

/** Whether the job changes something for a person. */
function isAudited(name: ControlJobName): boolean {
  return name !== 'account.status' && name !== 'chat.typing' && !isReadJobName(name);
}

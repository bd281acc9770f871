import { GatewayError, type JobView } from '@gateway/contracts';
import { parseJobId } from '@gateway/queue';
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import { requireSignedIn } from '../accounts/signed-in.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { auditLog } from '../control/audit.ts';
import { cancelJob } from '../control/cancel-job.ts';
import { hasEnded, jobChanges, versionOf } from '../control/job-changes.ts';
import { withEitherSignal } from '../http/either-signal.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { eventStream } from '../http/sse.ts';
import { streamErrors } from '../http/stream-error.ts';
import { validate } from '../http/validation.ts';
import { mayUse } from '../middleware/api-key.ts';

const MAX_WAIT_SECONDS = 60;
const MESSAGE = `must be whole seconds, 0 to ${MAX_WAIT_SECONDS}`;

const jobQuerySchema = z.strictObject({
  wait: z
    .string()
    .regex(/^\d{1,9}$/, MESSAGE)
    .transform(Number)
    .pipe(z.number().max(MAX_WAIT_SECONDS, MESSAGE))
    .default(0),
});

/** Jobs by their id: read, wait, watch, cancel, retry. */
export function jobRoutes(context: ApiContext): Hono<ApiEnv> {
  const { producer, stopping } = context;
  const routes = new Hono<ApiEnv>();

  // With `?wait=N` responds when the job ends, at the latest after N seconds.
  routes.get('/jobs/:job_id', async (c) => {
    const { wait } = validate(jobQuerySchema, c.req.query(), 'query');
    const { jobId } = addressed(c);
    const job = await withEitherSignal(c.req.raw.signal, stopping, (signal) =>
      readWithin(jobId, wait * 1_000, signal),
    );
    if (job === null) throw new GatewayError('JOB_NOT_FOUND');
    return c.json({ status: 'ok', ...inLanguage(job, answerLanguage(c)) });
  });

  // The same as server-sent events, one per change; the last is the end of the job. An event's id is the version of the
  // job's state.
  routes.get('/jobs/:job_id/events', async (c) => {
    const { jobId, address } = addressed(c);
    const job = await producer.job(jobId);
    if (job === null) throw new GatewayError('JOB_NOT_FOUND');
    const known = c.req.header('last-event-id');
    const language = answerLanguage(c);
    const writeError = streamErrors(context, c);
    // 204 tells a client that already has the last event not to reconnect.
    if (hasEnded(job) && versionOf(job) === known) return c.body(null, 204);
    return eventStream(c, (stream) =>
      withEitherSignal(stream.hungUp, stopping, async (signal) => {
        // Skips only the first state if the caller knows it: the job can return to the same state later.
        let told = known;
        for await (const view of jobChanges(producer, jobId, address.userId, signal)) {
          const id = versionOf(view);
          const isKnown = id === told && !hasEnded(view);
          told = undefined;
          if (isKnown) continue;
          const data = JSON.stringify({ status: 'ok', ...inLanguage(view, language) });
          await stream.writeSSE({ event: 'job', id, data });
        }
      }).catch((thrown: unknown) => writeError(stream, thrown)),
    );
  });

  // Cancels the part of a job that is not sent yet.
  routes.delete('/jobs/:job_id', async (c) => {
    const { jobId, address } = addressed(c);
    const { userId } = address;
    const requestId = c.get('requestId');
    try {
      const job = await cancelJob(context, { jobId, address, requestId, signal: c.req.raw.signal });
      auditLog(context, c, 'job.cancel', { userId, jobId });
      return c.json({ status: 'ok', ...inLanguage(job, answerLanguage(c)) });
    } catch (thrown) {
      auditLog(context, c, 'job.cancel', { userId, jobId, code: GatewayError.from(thrown).code });
      throw thrown;
    }
  });

  // Retries a failed job under its own id.
  routes.post('/jobs/:job_id/retry', async (c) => {
    const { jobId, address } = addressed(c);
    const { kind, userId } = address;
    try {
      if (kind === 'control') throw new GatewayError('TOO_LATE', 'Do this step again yourself.', { jobId });
      await requireSignedIn(producer, userId);
      await producer.jobs.retry(userId, jobId);
    } catch (thrown) {
      auditLog(context, c, 'job.retry', { userId, jobId, code: GatewayError.from(thrown).code });
      throw thrown;
    }
    auditLog(context, c, 'job.retry', { userId, jobId });
    const job = await producer.job(jobId);
    if (job === null) throw new GatewayError('JOB_NOT_FOUND');
    return c.json({ status: 'ok', ...inLanguage(job, answerLanguage(c)) }, 202);
  });

  return routes;

  async function readWithin(jobId: string, ms: number, signal: AbortSignal): Promise<JobView | null> {
    if (ms === 0) return producer.job(jobId);
    // Subscribes before reading, so that an end between the two is not missed.
    const watched = producer.watch(jobId);
    try {
      const job = await producer.job(jobId);
      if (job === null || hasEnded(job) || signal.aborted) return job;
      await watched.until(ms, signal);
      return await producer.job(jobId);
    } finally {
      watched.cancel();
    }
  }
}

/**
 * The job named by the path.
 * @throws {GatewayError} `JOB_NOT_FOUND`, also for a key that may not use the job's account.
 */
function addressed(c: Context<ApiEnv>) {
  const jobId = c.req.param('job_id') ?? '';
  const address = parseJobId(jobId);
  if (address === null || !mayUse(c.get('caller'), address.userId)) throw new GatewayError('JOB_NOT_FOUND');
  Object.assign(c.get('facts'), { userId: address.userId, jobId });
  return { jobId, address };
}

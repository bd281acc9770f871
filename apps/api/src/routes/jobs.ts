import { GatewayError, type JobView } from '@gateway/contracts';
import { parseJobId } from '@gateway/queue';
import { Hono } from 'hono';
import * as z from 'zod';
import type { ApiContext, ApiEnv } from '../context.ts';
import { withEitherSignal } from '../either-signal.ts';
import { mayUse } from '../middleware/api-key.ts';
import { validate } from '../validation.ts';

const MAX_WAIT_SECONDS = 60;
const MESSAGE = `must be whole seconds, 0 to ${MAX_WAIT_SECONDS}`;

const jobQuerySchema = z.object({
  wait: z
    .string()
    .regex(/^\d{1,9}$/, MESSAGE)
    .transform(Number)
    .pipe(z.number().max(MAX_WAIT_SECONDS, MESSAGE))
    .default(0),
});

const ENDED: ReadonlySet<JobView['state']> = new Set(['completed', 'failed', 'cancelled']);

/** A job by its id. `?wait=N` answers when it has ended, or as it stands after N seconds. */
export function jobRoutes({ producer, stopping }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.get('/jobs/:job_id', async (c) => {
    const { wait } = validate(jobQuerySchema, { wait: c.req.query('wait') });
    const jobId = c.req.param('job_id');
    const address = parseJobId(jobId);
    // To a key that may not use its account the job does not exist.
    if (address === null || !mayUse(c.get('caller'), address.userId)) throw new GatewayError('JOB_NOT_FOUND');
    Object.assign(c.get('facts'), { userId: address.userId, jobId });
    const job = await withEitherSignal(c.req.raw.signal, stopping, (signal) =>
      readWithin(jobId, wait * 1_000, signal),
    );
    if (job === null) throw new GatewayError('JOB_NOT_FOUND');
    return c.json({ status: 'ok', ...job });
  });

  return routes;

  async function readWithin(jobId: string, ms: number, signal: AbortSignal): Promise<JobView | null> {
    if (ms === 0) return producer.job(jobId);
    // Listened to before it is read, so that no end falls in between.
    const watched = producer.watch(jobId);
    try {
      const job = await producer.job(jobId);
      if (job === null || ENDED.has(job.state) || signal.aborted) return job;
      await watched.until(ms, signal);
      return await producer.job(jobId);
    } finally {
      watched.cancel();
    }
  }
}

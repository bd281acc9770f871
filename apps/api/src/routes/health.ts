import { GatewayError } from '@gateway/contracts';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';

/** `/healthz`: the process is up. `/readyz`: Redis answers and a worker lives; else 503 with the `part` that is missing. */
export function healthRoutes({ producer }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.get('/healthz', (c) => c.json({ status: 'ok' }));

  routes.get('/readyz', async (c) => {
    const workers = await producer.liveWorkers().catch((error: unknown) => {
      throw GatewayError.from(error).with({ extra: { part: 'redis' } });
    });
    if (workers === 0) {
      throw new GatewayError('WORKER_UNAVAILABLE', 'No worker is running.', {
        retryAfter: 1,
        extra: { part: 'workers' },
      });
    }
    return c.json({ status: 'ok' });
  });

  return routes;
}

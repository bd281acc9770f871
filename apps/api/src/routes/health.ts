import { GatewayError } from '@gateway/contracts';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';

/**
 * `/healthz`: the process is up. `/readyz`: Redis responds, a worker is alive and the accounts are known; else 503 with
 * the missing `part`. `/readyz?verbose` adds the checks made.
 */
export function healthRoutes({ producer }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.get('/healthz', (c) => c.json({ status: 'ok' }));

  routes.get('/readyz', async (c) => {
    const [workers, knowsAccounts, checks] = await Promise.all([
      producer.liveWorkers().catch((error: unknown) => GatewayError.from(error)),
      // Without Redis the line above throws what this one would.
      producer.knowsAccounts().catch(() => false),
      c.req.query('verbose') === undefined ? null : readChecks(producer),
    ]);
    const verbose = (live: number | null) =>
      checks !== null && { checks: { ...checks, workers: { ok: live !== null && live > 0, live } } };
    if (workers instanceof GatewayError) throw workers.with({ extra: { part: 'redis', ...verbose(null) } });
    if (workers === 0) {
      throw new GatewayError('WORKER_UNAVAILABLE', 'No worker is running.', {
        retryAfter: 1,
        extra: { part: 'workers', ...verbose(0) },
      });
    }
    if (!knowsAccounts) {
      throw new GatewayError('WORKER_UNAVAILABLE', 'The workers have not published all accounts yet.', {
        retryAfter: 1,
        extra: { part: 'accounts', ...verbose(workers) },
      });
    }
    return c.json({ status: 'ok', ...verbose(workers) });
  });

  return routes;
}

/** The state of Redis, without its address and secrets, since these paths are public. */
async function readChecks(producer: ApiContext['producer']) {
  try {
    const { version, maxmemoryPolicy, appendOnly, faults, warnings } = await producer.redisSetup();
    return {
      redis: {
        ok: faults.length === 0,
        version,
        maxmemory_policy: maxmemoryPolicy,
        appendonly: appendOnly,
        problems: [...faults, ...warnings],
      },
    };
  } catch {
    return { redis: { ok: false, problems: [producer.redisFault ?? 'it does not answer in time'] } };
  }
}

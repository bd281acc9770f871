import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { ApiContext, ApiEnv } from '../context.ts';

const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** One line a request, by its route: what a caller put into path, query or body is not logged. */
export function accessLog({ logger, metrics, stopping }: ApiContext) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const startedAt = performance.now();
    await next();
    // A connection that is kept would hold up the end of the process.
    if (stopping.aborted) c.res.headers.set('Connection', 'close');
    const { route = routePath(c, -1), ...facts } = c.get('facts');
    const { method } = c.req;
    const seconds = (performance.now() - startedAt) / 1_000;
    metrics.http({ method, route, status: c.res.status, seconds });
    const line = {
      method,
      route,
      status: c.res.status,
      ms: Math.round(seconds * 1_000),
      requestId: c.get('requestId'),
      ...facts,
      // Asked of node's own answer: the request's signal would be made only now, for every request, and costs more than the line.
      ...(c.env.outgoing.destroyed && { hungUp: true }),
    };
    if (QUIET.has(route)) logger.debug(line, 'request');
    else logger.info(line, 'request');
  });
}

import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { ApiContext, ApiEnv } from '../context.ts';
import { isQuiet } from '../http/quiet-routes.ts';

/** Logs one line per request, by route. Caller input from path, query and body is not logged. */
export function accessLog({ logger, metrics, stopping }: ApiContext) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const startedAt = performance.now();
    await next();
    // A keep-alive connection would delay the shutdown.
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
      // Reads Node's response: the request's AbortSignal would be created only for this, which costs more than the
      // whole log line.
      ...(c.env.outgoing.destroyed && { hungUp: true }),
    };
    if (isQuiet(route)) logger.debug(line, 'request');
    else logger.info(line, 'request');
  });
}

import { traced } from '@gateway/telemetry';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { ApiEnv } from '../context.ts';
import { isQuiet } from '../http/quiet-routes.ts';

/**
 * Records each request as a span, in its caller's trace if it has one (`traceparent`). Health checks and scrapes are no
 * requests in this sense.
 */
export const traceRequests = createMiddleware<ApiEnv>(async (c, next) => {
  const { method } = c.req;
  const matched = routePath(c, -1);
  if (isQuiet(matched)) return next();
  const attributes = { requestId: c.get('requestId'), 'http.request.method': method };
  await traced(
    { name: `${method} ${matched}`, kind: 'server', attributes, parent: c.req.header() },
    async (span) => {
      await next();
      // A mounted sub-app knows its route only now.
      const { route = matched, userId, jobId } = c.get('facts');
      span.rename(`${method} ${route}`);
      span.set({
        'http.route': route,
        'http.response.status_code': c.res.status,
        ...(userId !== undefined && { userId }),
        ...(jobId !== undefined && { jobId }),
      });
      if (c.res.status >= 500) span.fail();
    },
  );
});

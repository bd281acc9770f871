import { traced } from '@gateway/telemetry';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { ApiEnv } from '../context.ts';

/** Records each request as a span, in its caller's trace if it has one (`traceparent`). */
export const traceRequests = createMiddleware<ApiEnv>((c, next) => {
  const { method } = c.req;
  const requestId = c.get('requestId');
  return traced(
    {
      name: `${method} ${routePath(c, -1)}`,
      kind: 'server',
      attributes: { requestId },
      parent: c.req.header(),
    },
    next,
  );
});

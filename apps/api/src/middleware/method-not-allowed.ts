import { GatewayError } from '@gateway/contracts';
import type { Hono } from 'hono';
import type { ApiEnv } from '../context.ts';
import { answerHeader } from '../http/headers.ts';

/**
 * For every path registered on `app` so far, answers other methods with 405 and the allowed methods. Call it after the
 * last route. An allowed method gets here only if its route called `next()`, for example because there is no such file:
 * 404.
 *
 * Not Hono's `methodNotAllowed`: after it the log and the metrics have `/*` as the route of a 405, and it skips a 404
 * that was thrown.
 */
export function refuseOtherMethods<E extends Pick<ApiEnv, 'Bindings'>>(app: Hono<E>): void {
  const taken = new Map<string, Set<string>>();
  for (const { method, path } of app.routes) {
    if (method === 'ALL') continue;
    const methods = taken.get(path) ?? new Set();
    methods.add(method);
    if (method === 'GET') methods.add('HEAD');
    taken.set(path, methods);
  }
  for (const [path, methods] of taken) {
    const allow = [...methods].join(', ');
    app.all(path, (c) => {
      if (methods.has(c.req.method)) throw new GatewayError('NOT_FOUND');
      answerHeader(c, 'Allow', allow);
      throw new GatewayError('METHOD_NOT_ALLOWED', `This path takes ${allow} only.`);
    });
  }
}

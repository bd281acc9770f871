import { GatewayError } from '@gateway/contracts';
import type { Hono } from 'hono';
import type { ApiEnv } from '../context.ts';
import { answerHeader } from '../headers.ts';

/**
 * Answers other methods on the paths that `app` has by now with 405 and the methods that the path takes. Called after the last route.
 * A method that the path does take arrives here when its route found nothing, such as no file of that name: 404.
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

import { GatewayError } from '@gateway/contracts';
import type { Hono } from 'hono';
import type { ApiEnv } from '../context.ts';
import { answerHeader } from '../headers.ts';

/** Answers other methods of the paths that `app` has by now with 405 and what they take. Called after the last route. */
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
      answerHeader(c, 'Allow', allow);
      throw new GatewayError('METHOD_NOT_ALLOWED', `This path takes ${allow} only.`);
    });
  }
}

import { createMiddleware } from 'hono/factory';
import * as z from 'zod';
import type { ApiEnv } from '../context.ts';
import { validate } from '../http/validation.ts';
import { OPERATIONS } from '../openapi/operations.ts';
import { describeParameters } from '../openapi/parameters.ts';
import { NamedSchemas } from '../openapi/schemas.ts';

/**
 * Refuses the query of an operation that takes none. The routes of the others validate their own.
 *
 * Not that of probes, since some add a query of their own, and not that of `/message_stream`, which takes unknown
 * fields.
 */
export const refuseUnknownQuery = createMiddleware<ApiEnv>(async (c, next) => {
  const query = c.req.query();
  if (Object.keys(query).length > 0 && takesNone(c.req.method, c.req.path))
    validate(z.strictObject({}), query, 'query');
  await next();
});

const TAKES_ANY = new Set(['/metrics', '/message_stream']);

const PARAMETERS = describeParameters(new NamedSchemas());

/** Paths without parameters first: `/webhooks/deliveries` is none of `/webhooks/{webhook_id}`. */
const PATHS = OPERATIONS.filter(({ open, path }) => open !== true && !TAKES_ANY.has(path))
  .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)
  .map(({ method, path, parameters = [] }) => ({
    method: method.toUpperCase(),
    path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    takesNone: parameters.every((name) => PARAMETERS[name].in !== 'query'),
  }));

function takesNone(method: string, path: string): boolean {
  const asked = method === 'HEAD' ? 'GET' : method;
  return PATHS.find((each) => each.method === asked && each.path.test(path))?.takesNone === true;
}

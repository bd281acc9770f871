import type { Context } from 'hono';
import type { ApiEnv } from '../context.ts';

/*
 * Reads and sets headers on Node's own request and response. The web versions (`c.req.header`, `c.header`) build new
 * objects for every request that uses them, which costs as much as reading the body. Code that runs for every message
 * uses these functions.
 */

/** A request header, by its lower-case name. Several headers of one name are joined as Node does. */
export function requestHeader(c: Context<ApiEnv>, name: string): string | undefined {
  const value = c.env.incoming.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Sets a response header before the response is created. */
export function answerHeader(
  c: { env: Pick<ApiEnv['Bindings'], 'outgoing'> },
  name: string,
  value: string,
): void {
  c.env.outgoing.setHeader(name, value);
}

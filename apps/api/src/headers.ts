import type { Context } from 'hono';
import type { ApiEnv } from './context.ts';

/*
 * A request's and an answer's headers as node has them. Those of the web (`c.req.header`, `c.header`) are made anew for every request
 * that asks for one, and cost as much as reading its body: what each message passes through uses these.
 */

/** The request's header, by its name in lower case; several of one name as node joins them. */
export function requestHeader(c: Context<ApiEnv>, name: string): string | undefined {
  const value = c.env.incoming.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Gives the answer a header, before it is made. */
export function answerHeader(
  c: { env: Pick<ApiEnv['Bindings'], 'outgoing'> },
  name: string,
  value: string,
): void {
  c.env.outgoing.setHeader(name, value);
}

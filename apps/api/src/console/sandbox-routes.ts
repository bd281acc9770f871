import { GatewayError } from '@gateway/contracts';
import { Hono, type Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { MAX_BODY, readBytes } from '../middleware/json-body.ts';
import { parseJson } from '../middleware/parse-json.ts';

const BASE = '/console/sandbox';

/** The sandbox calls that the console may make: login codes, delivered messages, and faults to inject. */
const CALLS = [
  ['GET', '/codes/:phone'],
  ['GET', '/messages'],
  ['POST', '/faults'],
  ['DELETE', '/faults'],
  ['POST', '/login-tokens/accept'],
] as const;

/** Timeout in ms of a call to the sandbox. */
const TIMEOUT_MS = 5_000;

/**
 * Proxies the sandbox's control port for the console, because a page may not call another port. No routes if there is
 * no sandbox.
 */
export function sandboxRoutes({ settings }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  const { SANDBOX_CONTROL_URL: control } = settings;
  if (control === undefined) return routes;
  for (const [method, path] of CALLS)
    routes.on(method, BASE + path, (c) => {
      // The sandbox controls all accounts, so a key limited to some accounts is refused.
      if (c.get('caller').accounts !== null) throw new GatewayError('FORBIDDEN');
      return passOn(c, control);
    });
  return routes;
}

async function passOn(c: Context<ApiEnv>, control: string): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const body = c.req.method === 'POST' ? new Uint8Array(await readBytes(c, MAX_BODY)) : undefined;
  if (body !== undefined) await parseJson(body);
  const answer = await fetch(control + pathname.slice(BASE.length) + search, {
    method: c.req.method,
    ...(body !== undefined && { body, headers: { 'Content-Type': 'application/json' } }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new GatewayError('TELEGRAM_UNAVAILABLE', 'The sandbox does not answer.', { cause: error });
  });
  return c.body(await answer.text(), answer.status as 200, { 'Content-Type': 'application/json' });
}

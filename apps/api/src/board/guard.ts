import { GatewayError } from '@gateway/contracts';
import type { Settings } from '@gateway/runtime';
import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { HTTPException } from 'hono/http-exception';
import { isLoopbackName } from '../http/loopback.ts';
import { refuseStrangers } from '../middleware/loopback-guard.ts';

/**
 * Dashboard sign-in with ADMIN_USER and ADMIN_PASSWORD, compared in constant time. `null`: the dashboard is off.
 * Without credentials the dashboard is open only if HOST is loopback and API_KEYS is empty: with keys, being a local
 * user or a proxy does not make the caller an operator.
 */
export function boardSignIn({
  ADMIN_USER,
  ADMIN_PASSWORD,
  HOST,
  API_KEYS,
}: Settings): MiddlewareHandler | null {
  if (ADMIN_USER !== undefined && ADMIN_PASSWORD !== undefined)
    return askedByBrowsers(basicAuth({ username: ADMIN_USER, password: ADMIN_PASSWORD, realm: 'Dashboard' }));
  if (!isLoopbackName(HOST) || API_KEYS.length > 0) return null;
  return async (c, next) => {
    refuseStrangers(c);
    await next();
  };
}

/** Keeps Hono's own 401 response, which makes a browser ask for the password; the API's error body would not. */
function askedByBrowsers(signIn: MiddlewareHandler): MiddlewareHandler {
  return async (c, next) => {
    try {
      return await signIn(c, next);
    } catch (thrown) {
      if (thrown instanceof HTTPException) return thrown.getResponse();
      throw thrown;
    }
  };
}

/**
 * Browsers attach the password automatically. A request that changes something must therefore come from the dashboard's
 * own pages.
 */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    const isForeign =
      (site !== undefined && site !== 'same-origin') ||
      (origin !== undefined &&
        origin !== new URL(c.req.url).origin &&
        !(URL.canParse(origin) && new URL(origin).host === c.req.header('host')));
    if (isForeign) throw new GatewayError('FORBIDDEN', 'This must come from the dashboard itself.');
  }
  await next();
};

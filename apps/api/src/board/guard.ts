import { GatewayError } from '@gateway/contracts';
import type { Settings } from '@gateway/runtime';
import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { HTTPException } from 'hono/http-exception';
import { isLoopbackName } from '../loopback.ts';
import { refuseStrangers } from '../middleware/loopback-guard.ts';

/**
 * Who may use the dashboard: whoever knows ADMIN_USER and ADMIN_PASSWORD (compared in constant time); without them anybody on this
 * machine, where the API listens there only; `null`: nobody.
 */
export function boardSignIn({ ADMIN_USER, ADMIN_PASSWORD, HOST }: Settings): MiddlewareHandler | null {
  if (ADMIN_USER !== undefined && ADMIN_PASSWORD !== undefined)
    return askedByBrowsers(basicAuth({ username: ADMIN_USER, password: ADMIN_PASSWORD, realm: 'Dashboard' }));
  if (!isLoopbackName(HOST)) return null;
  return async (c, next) => {
    refuseStrangers(c);
    await next();
  };
}

/** The answer that makes a browser ask for the password is none of the API's errors. */
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

/** Browsers send the password along by themselves: what changes something must come from the dashboard's own pages. */
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

import { GatewayError } from '@gateway/contracts';
import type { Settings } from '@gateway/runtime';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv, Caller } from '../context.ts';
import { requestHeader } from '../http/headers.ts';
import { isLoopbackName, isLoopbackOrigin } from '../http/loopback.ts';
import { isAllowedOrigin, originRefusal } from './cors.ts';

/** The caller if no keys are configured. */
const ANYBODY: Caller = { keyName: null, accounts: null };

/**
 * Without keys only this machine may call, and web pages open on it may not, unless `CORS_ORIGINS` lists them. A page
 * is recognised by its `Origin`, or by its `Host` if it made its own host name resolve to 127.0.0.1 (DNS rebinding).
 */
export function loopbackGuard(settings: Pick<Settings, 'CORS_ORIGINS'>) {
  return createMiddleware<ApiEnv>((c, next) => {
    const origin = requestHeader(c, 'origin');
    refuseStrangers(c, origin !== undefined && isAllowedOrigin(settings, origin));
    c.set('caller', ANYBODY);
    return next();
  });
}

/**
 * @param isAllowed whether `CORS_ORIGINS` allows the request's origin, although it is not on this machine.
 * @throws {GatewayError} `FORBIDDEN`
 */
export function refuseStrangers(c: Context<ApiEnv>, isAllowed = false): void {
  if (!isLoopbackHost(c)) {
    throw new GatewayError(
      'FORBIDDEN',
      'Without API_KEYS only localhost is answered: ask by 127.0.0.1, or set API_KEYS.',
    );
  }
  const origin = requestHeader(c, 'origin');
  if (origin !== undefined && !isAllowed && !isLoopbackOrigin(origin))
    throw new GatewayError('FORBIDDEN', originRefusal(origin));
}

function isLoopbackHost({ req: { url } }: Context<ApiEnv>): boolean {
  return isLoopbackName(new URL(url).hostname);
}

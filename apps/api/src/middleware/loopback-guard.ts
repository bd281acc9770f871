import { GatewayError } from '@gateway/contracts';
import { remembered } from '@gateway/runtime';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv, Caller } from '../context.ts';
import { requestHeader } from '../headers.ts';
import { isLoopbackName, isLoopbackOrigin } from '../loopback.ts';

/** Who calls where no keys are set. */
const ANYBODY: Caller = { keyName: null, accounts: null };

/**
 * Without keys only this machine may ask, and a web page opened on it is somebody else: it is told by its `Origin`, or, where it had
 * its own name point to 127.0.0.1 (DNS rebinding), by the `Host` it asks for. The request's URL is made from that header.
 */
export const loopbackGuard = createMiddleware<ApiEnv>((c, next) => {
  refuseStrangers(c);
  c.set('caller', ANYBODY);
  return next();
});

/** @throws {GatewayError} `FORBIDDEN` */
export function refuseStrangers(c: Context<ApiEnv>): void {
  if (!isLoopbackHost(c)) {
    throw new GatewayError(
      'FORBIDDEN',
      'Without API_KEYS only localhost is answered: ask by 127.0.0.1, or set API_KEYS.',
    );
  }
  const origin = requestHeader(c, 'origin');
  if (origin !== undefined && !isLoopbackOrigin(origin)) {
    throw new GatewayError(
      'FORBIDDEN',
      'Without API_KEYS no web page of another origin is answered: set API_KEYS.',
    );
  }
}

function isLoopbackHost({ req: { url } }: Context<ApiEnv>): boolean {
  return isLoopbackBase(url.slice(0, url.indexOf('/', 'https://'.length)));
}

/** Of a URL as far as its path: there are two or three, and each is asked for with every request. */
const isLoopbackBase = remembered(100, (base: string) => isLoopbackName(new URL(base).hostname));

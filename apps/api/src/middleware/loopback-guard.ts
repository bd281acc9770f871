import { GatewayError } from '@gateway/contracts';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ApiContext, ApiEnv } from '../context.ts';
import { isLoopbackName, isLoopbackOrigin } from '../loopback.ts';

/**
 * Without keys only this machine may ask, and a web page opened on it is somebody else: it is told by its `Origin`, or, where it had
 * its own name point to 127.0.0.1 (DNS rebinding), by the `Host` it asks for. The request's URL is made from that header.
 */
export function loopbackGuard({ settings }: ApiContext) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    if (settings.API_KEYS.length === 0) refuseStrangers(c);
    await next();
  });
}

/** @throws {GatewayError} `FORBIDDEN` */
export function refuseStrangers(c: Context): void {
  if (!isLoopbackName(new URL(c.req.url).hostname)) {
    throw new GatewayError(
      'FORBIDDEN',
      'Without API_KEYS only localhost is answered: ask by 127.0.0.1, or set API_KEYS.',
    );
  }
  const origin = c.req.header('origin');
  if (origin !== undefined && !isLoopbackOrigin(origin)) {
    throw new GatewayError(
      'FORBIDDEN',
      'Without API_KEYS no web page of another origin is answered: set API_KEYS.',
    );
  }
}

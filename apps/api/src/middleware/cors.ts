import { GatewayError } from '@gateway/contracts';
import type { Settings } from '@gateway/runtime';
import { cors as honoCors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';
import { requestHeader } from '../http/headers.ts';

/** Seconds that a browser may cache a preflight response. Chrome caches none for longer. */
const PREFLIGHT_AGE = 7_200;

/** Every method of the API, and every request or response header that a page can use. */
const ALLOWED_METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-None-Match',
  'If-Range',
  'Last-Event-ID',
  'Prefer',
  'Range',
  'X-API-Key',
  'X-Request-Id',
];
const EXPOSED_HEADERS = [
  'Accept-Ranges',
  'Allow',
  'Content-Disposition',
  'Content-Length',
  'Content-Range',
  'ETag',
  'Idempotent-Replayed',
  'Location',
  'Preference-Applied',
  'Retry-After',
  'X-Request-Id',
];

/** Whether `CORS_ORIGINS` allows pages of this origin to call the API: it lists the origin, or is `*`. */
export function isAllowedOrigin(
  { CORS_ORIGINS: origins }: Pick<Settings, 'CORS_ORIGINS'>,
  origin: string,
): boolean {
  return origins.includes('*') || origins.includes(origin);
}

/**
 * Allows pages of the origins in `CORS_ORIGINS` to call the API and to read its responses, including errors. Without
 * the setting, pages of other origins cannot call it. Answers a preflight before the API key check, because browsers
 * send no key with it.
 * @throws {GatewayError} `FORBIDDEN` for a preflight from any other origin; the message names the setting.
 */
export function cors(settings: Pick<Settings, 'CORS_ORIGINS'>) {
  const answer = honoCors({
    origin: settings.CORS_ORIGINS.includes('*') ? '*' : settings.CORS_ORIGINS,
    allowMethods: ALLOWED_METHODS,
    allowHeaders: ALLOWED_HEADERS,
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_AGE,
  });

  return createMiddleware<ApiEnv>(async (c, next) => {
    const origin = requestHeader(c, 'origin');
    if (origin === undefined) return next();
    const isPreflight =
      c.req.method === 'OPTIONS' && requestHeader(c, 'access-control-request-method') !== undefined;
    const isAllowed = isAllowedOrigin(settings, origin);
    if (isPreflight && !isAllowed) throw new GatewayError('FORBIDDEN', originRefusal(origin));
    return isAllowed && (isPreflight || c.req.method !== 'OPTIONS') ? answer(c, next) : next();
  });
}

/** Explains why pages of this origin are refused, and what to do about it. */
export function originRefusal(origin: string): string {
  return origin === 'null' || origin === ''
    ? 'This page has no origin of its own (a file, a sandboxed frame): serve it by http and add its origin to CORS_ORIGINS.'
    : `Pages of ${origin.slice(0, 200)} may not call this API: add that origin to CORS_ORIGINS.`;
}

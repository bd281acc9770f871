import { GatewayError } from '@gateway/contracts';
import type { Settings } from '@gateway/runtime';
import { cors as honoCors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';
import { requestHeader } from '../headers.ts';

/** Seconds that a browser may keep a preflight's answer. Chrome keeps none for longer. */
const PREFLIGHT_AGE = 7_200;

/** Every method of the API, and every header of a request or an answer that a page has a use for. */
const ALLOWED_METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'Last-Event-ID',
  'Prefer',
  'X-API-Key',
  'X-Request-Id',
];
const EXPOSED_HEADERS = ['Allow', 'Location', 'Preference-Applied', 'Retry-After', 'X-Request-Id'];

/** Whether pages of this origin may call the API: `CORS_ORIGINS` lists it, or allows all by `*`. */
export function isAllowedOrigin(
  { CORS_ORIGINS: origins }: Pick<Settings, 'CORS_ORIGINS'>,
  origin: string,
): boolean {
  return origins.includes('*') || origins.includes(origin);
}

/**
 * Lets pages of the origins in `CORS_ORIGINS` call the API and read its answers, errors too. Without the setting no page of another
 * origin can. A preflight is answered here, before the API key is asked for: browsers send none with it.
 * @throws {GatewayError} `FORBIDDEN` for the preflight of any other origin; the message names the setting.
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

/** Why pages of this origin are not answered, and what to do about it. */
export function originRefusal(origin: string): string {
  return origin === 'null' || origin === ''
    ? 'This page has no origin of its own (a file, a sandboxed frame): serve it by http and add its origin to CORS_ORIGINS.'
    : `Pages of ${origin.slice(0, 200)} may not call this API: add that origin to CORS_ORIGINS.`;
}

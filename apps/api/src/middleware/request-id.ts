import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';
import { answerHeader, requestHeader } from '../http/headers.ts';

const SANE = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's own request id if it is safe in a log line and a header, else a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && SANE.test(given) ? given : randomUUID();
}

/** Gives every request an id, and sets the headers that every response has. */
export const requestId = createMiddleware<ApiEnv>((c, next) => {
  const id = requestIdOf(requestHeader(c, 'x-request-id'));
  c.set('requestId', id);
  c.set('facts', {});
  const headers = commonHeaders(id);
  for (const name in headers) answerHeader(c, name, headers[name] ?? '');
  return next();
});

/** Responses contain phone numbers and short-lived results, so nothing may cache them. */
export function commonHeaders(id: string): Record<string, string> {
  return { 'X-Request-Id': id, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };
}

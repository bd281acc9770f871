import { GatewayError, type ErrorStatus } from '@gateway/contracts';
import type { Locale } from '@gateway/texts';
import type { Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { answerLanguage, inLanguage } from './language.ts';

/** An error as a response of the contract: status, additional headers and body. */
export interface ErrorAnswer {
  status: ErrorStatus;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

export function errorAnswer(error: GatewayError, requestId: string, language: Locale): ErrorAnswer {
  const { retryAfter } = error.details;
  return {
    status: error.status,
    headers: {
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
      ...(error.code === 'UNAUTHORIZED' && { 'WWW-Authenticate': 'Bearer realm="gateway"' }),
    },
    body: { status: 'error', ...inLanguage(error.toPublic(), language), request_id: requestId },
  };
}

/**
 * Turns every thrown error into a response of the contract. Unknown errors become `INTERNAL`, and only the log shows
 * their details.
 */
export function errorHandler({ logger }: ApiContext) {
  return (thrown: unknown, c: Context<ApiEnv>): Response => {
    const error = GatewayError.from(thrown);
    const requestId = c.get('requestId');
    const facts = c.get('facts');
    facts.code = error.code;
    if (error.details.jobId !== undefined) facts.jobId = error.details.jobId;
    if (error.code === 'INTERNAL') logger.error({ requestId, err: error.cause ?? error }, 'unexpected error');
    else if (error.code === 'QUEUE_UNAVAILABLE' && error.cause instanceof Error)
      logger.warn({ requestId, code: error.code, reason: error.cause.message }, 'the queue did not answer');
    else if (error.cause !== undefined)
      logger.debug({ requestId, code: error.code, err: error.cause }, 'refused');
    const { status, headers, body } = errorAnswer(error, requestId, answerLanguage(c));
    // The rest of a body that was not fully read is never read. The connection cannot be reused, so the response says
    // so.
    if (mayBeLong(c.req.raw)) c.header('Connection', 'close');
    return c.json(body, status, headers);
  };
}

/** If a request is refused before its body is read, a body of at most this many bytes is read and discarded. */
const SHORT_BODY = 16 * 1024;

function mayBeLong({ headers }: Request): boolean {
  return Number(headers.get('content-length') ?? 0) > SHORT_BODY || headers.has('transfer-encoding');
}

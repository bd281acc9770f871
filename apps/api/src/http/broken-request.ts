import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayError } from '@gateway/contracts';
import { commonHeaders, requestIdOf } from '../middleware/request-id.ts';
import { errorAnswer } from './error-response.ts';

const NOT_HTTP = new GatewayError(
  'VALIDATION',
  'The request is not valid HTTP: check its Host, path and headers.',
);
const ENDED_EARLY = new GatewayError(
  'VALIDATION',
  'The body of the request ended early: send as many bytes as Content-Length says, or end the last chunk.',
);
const TOO_SLOW = new GatewayError('REQUEST_TIMEOUT');

/** Answers a request that Node parsed but whose URL is invalid. */
export function unreadableRequest(): Response {
  const id = requestIdOf(undefined);
  const { status, body } = errorAnswer(NOT_HTTP, id, 'en');
  return Response.json(body, { status, headers: commonHeaders(id) });
}

/**
 * Answers bytes that are not an HTTP request, or a request that arrives too slowly, and then closes the connection.
 * @param answer the last response started on this connection, if any.
 */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Duplex,
  answer: ServerResponse | null,
): void {
  const underWay = answer?.writableEnded === false ? answer : null;
  // Anything written now would end up in the middle of that response.
  if (!socket.writable || underWay?.headersSent) {
    socket.destroy();
    return;
  }
  // The request was answered before its whole body came, and the broken bytes belong to that body.
  if (answer?.writableEnded === true && !answer.req.complete) {
    socket.end(() => socket.destroy());
    return;
  }
  const known = underWay?.getHeader('X-Request-Id');
  const id = typeof known === 'string' ? known : requestIdOf(undefined);
  const { status, body } = errorAnswer(refusalOf(error.code, underWay !== null), id, 'en');
  const text = JSON.stringify(body);
  const headers = {
    ...commonHeaders(id),
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(text)),
    Connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${text}`, () =>
    socket.destroy(),
  );
}

/** @param isInBody the head has arrived, and its request waits for more. */
function refusalOf(code: string | undefined, isInBody: boolean): GatewayError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return TOO_SLOW;
  return code === 'HPE_INVALID_EOF_STATE' && isInBody ? ENDED_EARLY : NOT_HTTP;
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerBrokenRequest } from './broken-request.ts';

/**
 * Answers 408 to requests whose body does not arrive within `ms`. Node's own limit would apply to every request,
 * uploads too.
 * @param isUpload whether the request's route has its own limit.
 */
export function limitReceiving(
  server: Server,
  ms: number,
  isUpload: (request: IncomingMessage) => boolean,
): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if ((length === '0' && encoding === undefined) || isUpload(request)) return;
    const timer = setTimeout(() => {
      if (!request.complete) answerBrokenRequest(new ReceiveTimeout(), request.socket, response);
    }, ms);
    const stop = () => clearTimeout(timer);
    request.once('end', stop);
    response.once('close', stop);
  });
}

/** Has the code of Node's own error. */
class ReceiveTimeout extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT';
}

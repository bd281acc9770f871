import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a connection takes in the rest of a body after the answer to it, ms. nginx takes as long. */
const LINGER_MS = 5_000;

/**
 * Lets a connection that is to close after an early answer take in the rest of the request's body first, and discard
 * it. A connection that is closed with unread bytes is reset, and a caller or proxy that is still sending then loses
 * the answer (RFC 9112, 9.6).
 * @param lastAnswer the last response started on the connection.
 */
export function lingerAfterAnswers(socket: Socket, lastAnswer: () => ServerResponse | null): void {
  const close = socket.destroySoon.bind(socket);
  // Node's HTTP server calls this once an answer with `Connection: close` is written.
  socket.destroySoon = () => {
    const request = lastAnswer()?.req;
    if (request === undefined || request.complete || request.destroyed) {
      close();
      return;
    }
    const timer = setTimeout(close, LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
    request.once('end', close);
    request.resume();
  };
}

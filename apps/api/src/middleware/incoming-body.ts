import type { Readable } from 'node:stream';
import { GatewayError } from '@gateway/contracts';

/**
 * Reads the body from Node's request: a web request and its stream cost as much as the rest of accepting a message.
 * Reads at most `most` bytes, whatever Content-Length says, and leaves the rest unread for the error handler.
 * @throws {GatewayError} `PAYLOAD_TOO_LARGE`; `MALFORMED_JSON` if the caller hangs up before the end, or already has.
 */
export function readIncoming(incoming: Readable, most: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // A request that has already ended or broken emits no more events.
    if (incoming.readableEnded || incoming.destroyed) {
      reject(incomplete(incoming.errored));
      return;
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Methods instead of named functions: the loader (tsx) would assign function names anew for every request.
    const listeners: Listeners = {
      data(chunk) {
        length += chunk.byteLength;
        chunks.push(chunk);
        if (length <= most) return;
        letGo(incoming, listeners);
        incoming.pause();
        reject(tooLarge(most));
      },
      end() {
        letGo(incoming, listeners);
        resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      },
      error(cause) {
        letGo(incoming, listeners);
        reject(incomplete(cause));
      },
      close() {
        letGo(incoming, listeners);
        reject(incomplete(null));
      },
    };
    const { data, end, error, close } = listeners;
    incoming.on('data', data).on('end', end).on('error', error).on('close', close);
  });
}

interface Listeners {
  data: (chunk: Uint8Array) => void;
  end: () => void;
  error: (cause: Error) => void;
  close: () => void;
}

function letGo(incoming: Readable, { data, end, error, close }: Listeners): void {
  incoming.off('data', data).off('end', end).off('error', error).off('close', close);
}

export function tooLarge(most: number): GatewayError {
  const size = most < MIB ? `${most / 1024} KiB` : `${most / MIB} MiB`;
  return new GatewayError('PAYLOAD_TOO_LARGE', `The body is over ${size}.`);
}

const MIB = 1024 * 1024;

function incomplete(cause: Error | null): GatewayError {
  const options = cause === null ? {} : { cause };
  return new GatewayError('MALFORMED_JSON', 'The body ended before it was complete.', options);
}

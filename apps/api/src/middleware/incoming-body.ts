import type { Readable } from 'node:stream';
import { GatewayError } from '@gateway/contracts';

/**
 * The body that node's server has of a request: a web request and its stream cost as much as all the rest of accepting a message. Reads no
 * further than `most` bytes, whatever the caller announced or did not, and leaves the rest, untouched, to whoever answers.
 * @throws {GatewayError} `PAYLOAD_TOO_LARGE`; `MALFORMED_JSON` where the caller hangs up before the end, or has before this is called.
 */
export function readIncoming(incoming: Readable, most: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // Of a request that is over nothing more is heard.
    if (incoming.readableEnded || incoming.destroyed) {
      reject(incomplete(incoming.errored));
      return;
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Methods and no functions of their own names, each of which the loader would name anew for every request.
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

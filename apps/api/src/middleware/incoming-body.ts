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
    const onData = (chunk: Uint8Array) => {
      length += chunk.byteLength;
      chunks.push(chunk);
      if (length <= most) return;
      letGo();
      incoming.pause();
      reject(new GatewayError('PAYLOAD_TOO_LARGE'));
    };
    const onEnd = () => {
      letGo();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const onError = (cause: Error) => {
      letGo();
      reject(incomplete(cause));
    };
    const onClose = () => {
      letGo();
      reject(incomplete(null));
    };
    const letGo = () => {
      incoming.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    incoming.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

function incomplete(cause: Error | null): GatewayError {
  const options = cause === null ? {} : { cause };
  return new GatewayError('MALFORMED_JSON', 'The body ended before it was complete.', options);
}

import type { IncomingMessage } from 'node:http';
import { GatewayError } from '@gateway/contracts';
import type { Context } from 'hono';
import type * as z from 'zod';
import type { ApiEnv } from '../context.ts';
import { requestHeader } from '../headers.ts';
import { validate } from '../validation.ts';
import { requireAccount } from './api-key.ts';

/** Bytes of a body at most: 256 KiB. */
const MAX_BODY = 256 * 1024;

/**
 * The request's body by its schema.
 * @throws {GatewayError} `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `MALFORMED_JSON`, `VALIDATION`.
 */
export async function readBody<S extends z.ZodType>(c: Context<ApiEnv>, schema: S): Promise<z.output<S>> {
  requireJson(c);
  if (Number(requestHeader(c, 'content-length') ?? 0) > MAX_BODY) throw new GatewayError('PAYLOAD_TOO_LARGE');
  return validate(schema, parseJson(await readIncoming(c.env.incoming)));
}

/**
 * The request's body by its schema, for an account that the caller may use.
 * @throws {GatewayError} as {@link readBody}, and `FORBIDDEN`.
 */
export async function readAccountBody<S extends z.ZodType<{ user_id: string }>>(
  c: Context<ApiEnv>,
  schema: S,
): Promise<z.output<S>> {
  const body = await readBody(c, schema);
  requireAccount(c.get('caller'), body.user_id);
  c.get('facts').userId = body.user_id;
  return body;
}

function requireJson(c: Context<ApiEnv>): void {
  const type = requestHeader(c, 'content-type');
  if (type !== 'application/json' && !isJsonInUtf8(type ?? '')) {
    throw new GatewayError(
      'UNSUPPORTED_MEDIA_TYPE',
      'The body must be JSON in UTF-8: send Content-Type: application/json.',
    );
  }
  const encoding = requestHeader(c, 'content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new GatewayError(
      'UNSUPPORTED_MEDIA_TYPE',
      'The body must not be compressed: send it without Content-Encoding.',
    );
  }
}

function isJsonInUtf8(contentType: string): boolean {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  return type === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === 'utf8');
}

/**
 * What node's server has of the request: a web request and its stream cost as much as all the rest of accepting a message. Reads no
 * further than the limit, whatever the caller announced or did not, and leaves the connection to the answer.
 */
function readIncoming(incoming: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Nothing is taken off: node does that when it has answered, and what comes after the end changes nothing.
    incoming
      .on('data', (chunk: Uint8Array) => {
        length += chunk.byteLength;
        chunks.push(chunk);
        if (length <= MAX_BODY) return;
        incoming.pause();
        reject(new GatewayError('PAYLOAD_TOO_LARGE'));
      })
      .on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
      .on('error', (cause) => reject(incomplete(cause)))
      .on('close', () => {
        if (!incoming.readableEnded) reject(incomplete(undefined));
      });
  });
}

function incomplete(cause: unknown): GatewayError {
  return new GatewayError('MALFORMED_JSON', 'The body ended before it was complete.', { cause });
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0)
    throw new GatewayError('MALFORMED_JSON', 'The body is empty: send a JSON object.');
  try {
    const value: unknown = JSON.parse(UTF8.decode(bytes));
    return value;
  } catch (error) {
    throw new GatewayError('MALFORMED_JSON', undefined, { cause: error });
  }
}

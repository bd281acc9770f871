import { GatewayError } from '@gateway/contracts';
import type { Context } from 'hono';
import type * as z from 'zod';
import type { ApiEnv } from '../context.ts';
import { requestHeader } from '../headers.ts';
import { validate } from '../validation.ts';
import { requireAccount } from './api-key.ts';
import { readIncoming } from './incoming-body.ts';

/** Bytes of a body at most: 256 KiB. */
const MAX_BODY = 256 * 1024;

/**
 * The request's body by its schema.
 * @throws {GatewayError} `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `MALFORMED_JSON`, `VALIDATION`.
 */
export async function readBody<S extends z.ZodType>(c: Context<ApiEnv>, schema: S): Promise<z.output<S>> {
  requireJson(c);
  if (Number(requestHeader(c, 'content-length') ?? 0) > MAX_BODY) throw new GatewayError('PAYLOAD_TOO_LARGE');
  return validate(schema, parseJson(await readIncoming(c.env.incoming, MAX_BODY)));
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

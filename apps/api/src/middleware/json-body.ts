import { GatewayError } from '@gateway/contracts';
import type { Context } from 'hono';
import type * as z from 'zod';
import type { ApiEnv } from '../context.ts';
import { refuseHalfPairs } from '../http/half-pairs.ts';
import { requestHeader } from '../http/headers.ts';
import { validate } from '../http/validation.ts';
import { requireAccount } from './api-key.ts';
import { readIncoming, tooLarge } from './incoming-body.ts';
import { parseBatchJson, parseJson, type ParsedJson } from './parse-json.ts';

/** Maximum size of a body: 256 KiB. */
export const MAX_BODY = 256 * 1024;

/**
 * Reads the request's body and validates it by the schema.
 * @throws {GatewayError} `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `MALFORMED_JSON`, `VALIDATION`.
 */
export async function readBody<S extends z.ZodType>(c: Context<ApiEnv>, schema: S): Promise<z.output<S>> {
  const { value, mayHoldHalfPair } = await readJson(c, MAX_BODY, parseJson);
  if (mayHoldHalfPair) refuseHalfPairs(value);
  return validate(schema, value);
}

/**
 * Reads the body of a batch, up to `most` bytes, and validates it by the schema. The route must check each item, also
 * with {@link refuseHalfPairs}. An item that is a {@link GatewayError} holds too many values to be parsed.
 * @throws {GatewayError} as {@link readBody}.
 */
export async function readBatchBody<S extends z.ZodType>(
  c: Context<ApiEnv>,
  schema: S,
  most: number,
): Promise<z.output<S>> {
  return validate(schema, (await readJson(c, most, parseBatchJson)).value);
}

async function readJson(
  c: Context<ApiEnv>,
  most: number,
  parse: (bytes: Uint8Array) => Promise<ParsedJson>,
): Promise<ParsedJson> {
  requireJson(c);
  return parse(await readBytes(c, most));
}

/** @throws {GatewayError} `PAYLOAD_TOO_LARGE`; `MALFORMED_JSON` if the body is incomplete. */
export async function readBytes(c: Context<ApiEnv>, most: number): Promise<Uint8Array> {
  if (Number(requestHeader(c, 'content-length') ?? 0) > most) throw tooLarge(most);
  return readIncoming(c.env.incoming, most);
}

/**
 * Reads and validates the request's body, and checks that the caller may use its account.
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

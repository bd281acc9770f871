import { idempotencyKeySchema } from '@gateway/contracts';
import { validate } from './validation.ts';

/**
 * Validates the `Idempotency-Key` header: 1 to 200 characters, of any script.
 * @param header its bytes as latin1, as Node gives them.
 * @throws {GatewayError} `VALIDATION`
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  return header === undefined
    ? undefined
    : validate(idempotencyKeySchema, decoded(header), 'Idempotency-Key');
}

/** The header as UTF-8, if its bytes are. */
function decoded(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

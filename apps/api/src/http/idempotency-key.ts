import { validationError } from './validation.ts';

/**
 * Validates the `Idempotency-Key` header: 1 to 200 characters, of any script.
 * @param header its bytes as latin1, as Node gives them.
 * @throws {GatewayError} `VALIDATION`
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  const key = header === undefined ? undefined : decoded(header);
  // oxlint-disable-next-line no-control-regex -- They are what it refuses.
  if (key === undefined || /^[^\x00-\x1f\x7f]{1,200}$/u.test(key)) return key;
  throw validationError([
    { path: 'Idempotency-Key', message: 'must be 1 to 200 characters, without control characters' },
  ]);
}

/** The header as UTF-8, if its bytes are. */
function decoded(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

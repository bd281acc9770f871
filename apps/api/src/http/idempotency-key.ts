import { validationError } from './validation.ts';

/** Validates the `Idempotency-Key` header. @throws {GatewayError} `VALIDATION` */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x20-\x7e]{1,200}$/.test(header)) return header;
  throw validationError([
    { path: 'Idempotency-Key', message: 'must be 1 to 200 printable ASCII characters' },
  ]);
}

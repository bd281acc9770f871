import type { TlObject } from '../types.ts';

/*
 * Read fields of decoded service messages. The codec has checked them against the schema, so a wrong type is a bug
 * here.
 */

export function bytesOf(object: TlObject, field: string): Buffer {
  const value = object[field];
  if (Buffer.isBuffer(value)) return value;
  throw new TypeError(`${object._}.${field} is no bytes`);
}

export function longOf(object: TlObject, field: string): bigint {
  const value = object[field];
  if (typeof value === 'bigint') return value;
  throw new TypeError(`${object._}.${field} is no long`);
}

export function numberOf(object: TlObject, field: string): number {
  const value = object[field];
  if (typeof value === 'number') return value;
  throw new TypeError(`${object._}.${field} is no number`);
}

export function stringOf(object: TlObject, field: string): string {
  const value = object[field];
  if (typeof value === 'string') return value;
  throw new TypeError(`${object._}.${field} is no string`);
}

/** The longs in a `Vector<long>`. */
export function longsOf(object: TlObject, field: string): bigint[] {
  const value = object[field];
  if (!Array.isArray(value)) throw new TypeError(`${object._}.${field} is no list`);
  return value.filter((item) => typeof item === 'bigint');
}

/** A long as 16 hex digits, in the byte order of the wire. */
export function hexOf(long: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(long);
  return bytes.toString('hex');
}

export function sameBytes(object: TlObject, field: string, expected: Uint8Array): boolean {
  return bytesOf(object, field).equals(expected);
}

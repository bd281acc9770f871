import { isTlObject } from '../tl/index.ts';
import type { TlObject } from '../types.ts';
import { rpcError } from './errors.ts';

/**
 * Read and check fields of a call. Calls off the wire match the schema already; a caller in the same process may be
 * wrong.
 */

export function textField(object: TlObject, field: string): string {
  const value = object[field];
  if (typeof value !== 'string') throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

/** A text: an object with entities or, in older layers, plain. */
export function plainTextField(object: TlObject, field: string): string {
  return typeof object[field] === 'string'
    ? textField(object, field)
    : textField(objectField(object, field), 'text');
}

export function intField(object: TlObject, field: string): number {
  const value = object[field];
  if (typeof value !== 'number') throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

export function longField(object: TlObject, field: string): bigint {
  const value = object[field];
  if (typeof value === 'number') return BigInt(value);
  if (typeof value !== 'bigint') throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

/** Reads a long as an id. A value too large for a number becomes an id that no account has. */
export function idField(object: TlObject, field: string): number {
  return Number(longField(object, field));
}

export function bytesField(object: TlObject, field: string): Buffer {
  const value = object[field];
  if (!(value instanceof Uint8Array)) throw rpcError('INPUT_FETCH_ERROR');
  return Buffer.from(value.buffer, value.byteOffset, value.length);
}

export function objectField(object: TlObject, field: string): TlObject {
  const value = object[field];
  if (!isTlObject(value)) throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

/** Reads an object; undefined if the field is absent. */
export function optionalObject(object: TlObject, field: string): TlObject | undefined {
  return object[field] === undefined || object[field] === null ? undefined : objectField(object, field);
}

/** Reads a list of objects; empty if the field is absent. */
export function objectList(object: TlObject, field: string): TlObject[] {
  const value = object[field] ?? [];
  if (!Array.isArray(value) || !value.every(isTlObject)) throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

/** A list of ints; empty if the field is absent. */
export function intList(object: TlObject, field: string): number[] {
  const value = object[field] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'number'))
    throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

/** A list of longs; empty if the field is absent. */
export function longList(object: TlObject, field: string): bigint[] {
  const value = object[field] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'bigint'))
    throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

export function flagField(object: TlObject, field: string): boolean {
  return object[field] === true;
}

export { isTlObject };

import type { TlObject, TlValue } from '../types.ts';
import { rpcError } from './errors.ts';

/** Fields of a call, checked: the wire has only bytes of the right form, a caller in the same process may err. */

export function textField(object: TlObject, field: string): string {
  const value = object[field];
  if (typeof value !== 'string') throw rpcError('INPUT_FETCH_ERROR');
  return value;
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

/** A long that is an id: one that no account has where it is too long for a number. */
export function idField(object: TlObject, field: string): number {
  return Number(longField(object, field));
}

export function bytesField(object: TlObject, field: string): Buffer {
  const value = object[field];
  if (!(value instanceof Uint8Array)) throw rpcError('INPUT_FETCH_ERROR');
  return Buffer.from(value);
}

export function objectField(object: TlObject, field: string): TlObject {
  const value = object[field];
  if (!isTlObject(value)) throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

/** Absent, or an object. */
export function optionalObject(object: TlObject, field: string): TlObject | undefined {
  return object[field] === undefined || object[field] === null ? undefined : objectField(object, field);
}

/** Absent counts as empty. */
export function objectList(object: TlObject, field: string): TlObject[] {
  const value = object[field] ?? [];
  if (!Array.isArray(value) || !value.every(isTlObject)) throw rpcError('INPUT_FETCH_ERROR');
  return value;
}

export function flagField(object: TlObject, field: string): boolean {
  return object[field] === true;
}

export function isTlObject(value: TlValue): value is TlObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

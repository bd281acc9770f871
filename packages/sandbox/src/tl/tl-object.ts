import type { TlObject, TlValue } from '../types.ts';

export function isTlObject(value: TlValue): value is TlObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

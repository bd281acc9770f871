/** A property of any value, or `undefined`. Endpoints omit different fields, so the code relies on none. */
export function at(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** The string; `''` for any other value. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A property of anything: endpoints differ in what they leave out, so nothing is taken for granted. */
export function at(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** The string, or an empty one in place of anything else. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

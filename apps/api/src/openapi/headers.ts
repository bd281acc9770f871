import type { Json } from './json.ts';

/** Names of the response headers, by their names in `components.headers`. */
const HEADERS = {
  RetryAfter: 'Retry-After',
  Location: 'Location',
  Preference: 'Preference-Applied',
  Replayed: 'Idempotent-Replayed',
  ETag: 'ETag',
  ContentRange: 'Content-Range',
};

export type HeaderName = keyof typeof HEADERS;

export function describeHeaders(names: readonly HeaderName[]): Json {
  return Object.fromEntries(names.map((name) => [HEADERS[name], { $ref: `#/components/headers/${name}` }]));
}

import { gunzipSync } from 'node:zlib';
import fixtures from './fixtures.json' with { type: 'json' };

/** The auth key of all fixtures. */
export const KEY = Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => (index * 7 + 3) % 256));

export const STRINGS: Readonly<Record<string, string>> = fixtures.strings;

export function fileOf(name: keyof typeof fixtures.files): Buffer {
  return gunzipSync(Buffer.from(fixtures.files[name], 'base64'));
}

import { createHash } from 'node:crypto';

/** Marks a digest of this format. Digests without a mark are older, see `formerDigest` of `send-message.ts`. */
const FORMAT = '2:';

/**
 * Digest of a request under an Idempotency-Key. It depends on the named fields alone, in no order, and ignores absent
 * ones: a refactor or a new optional field does not make a repeat another request.
 */
export function digestOf(name: string, request: object, fields: readonly string[]): string {
  const given = new Map(Object.entries(request));
  const wanted = fields.toSorted().flatMap((field) => {
    const value: unknown = given.get(field);
    return value === undefined ? [] : [[field, sorted(value)]];
  });
  return FORMAT + sha256(JSON.stringify([name, wanted]));
}

/** Whether the digest has the format of {@link digestOf}. */
export function isCurrentDigest(digest: string): boolean {
  return digest.startsWith(FORMAT);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** The value with the keys of its objects in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const inOrder = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(inOrder.map(([key, field]) => [key, sorted(field)]));
}

import { createHash } from 'node:crypto';
import { userIdSchema } from '@gateway/contracts';
import { SessionStoreError } from './session-store.ts';

/** Returns the id unchanged. @throws {SessionStoreError} for an invalid user id, which must not become a file name. */
export function checkUserId(userId: string): string {
  if (userIdSchema.safeParse(userId).success) return userId;
  throw new SessionStoreError(
    'invalid_user_id',
    null,
    'this is not a user id: 1-64 of A-Z a-z 0-9 _ . @ + -, and not "." or ".."',
  );
}

/**
 * The base name of an account's files. An id with upper-case letters gets `~` and a hash, so that ids that differ only
 * in case never share a file on any file system. `~` cannot occur in an id.
 */
export function fileNameOf(userId: string): string {
  if (!/[A-Z]/.test(userId)) return userId;
  return `${userId}~${createHash('sha256').update(userId).digest('hex').slice(0, 16)}`;
}

/** Reverses {@link fileNameOf}; `null` if the name is not one that it makes. */
export function userIdOf(fileName: string): string | null {
  const userId = fileName.replace(/~[0-9a-f]{16}$/, '');
  return userIdSchema.safeParse(userId).success && fileNameOf(userId) === fileName ? userId : null;
}

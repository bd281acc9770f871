import { createHash } from 'node:crypto';
import { userIdSchema } from '@gateway/contracts';
import { SessionStoreError } from './session-store.ts';

/** The id as it is. @throws {SessionStoreError} for anything that is no user id: it would name a file. */
export function checkUserId(userId: string): string {
  if (userIdSchema.safeParse(userId).success) return userId;
  throw new SessionStoreError(
    'invalid_user_id',
    null,
    'this is not a user id: 1-64 of A-Z a-z 0-9 _ . @ + -, and not "." or ".."',
  );
}

/**
 * The name, without ending, of an account's files: the id itself; with upper-case letters also `~` and a hash, so that two ids that
 * differ only in case never share a file, whatever the file system. `~` cannot occur in an id.
 */
export function fileNameOf(userId: string): string {
  if (!/[A-Z]/.test(userId)) return userId;
  return `${userId}~${createHash('sha256').update(userId).digest('hex').slice(0, 16)}`;
}

/** The id whose files have that name; `null` for a name that {@link fileNameOf} gives to nobody. */
export function userIdOf(fileName: string): string | null {
  const userId = fileName.replace(/~[0-9a-f]{16}$/, '');
  return userIdSchema.safeParse(userId).success && fileNameOf(userId) === fileName ? userId : null;
}

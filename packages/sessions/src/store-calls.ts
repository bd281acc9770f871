import { redisRefusal } from '@gateway/runtime';
import { FileLockError } from './file-lock.ts';
import { SessionStoreError, type SessionStoreFailure } from './session-store.ts';
import { checkUserId } from './user-file.ts';

/**
 * Runs a store's calls: one at a time per account, none after the store is closed. Turns every error into a {@link
 * SessionStoreError}.
 */
export class StoreCalls {
  /** Each account's last call in progress. */
  readonly #tails = new Map<string, Promise<void>>();
  #closed = false;

  async inOrder<T>(userId: string, work: () => Promise<T>): Promise<T> {
    this.checkOpen();
    checkUserId(userId);
    const run = (this.#tails.get(userId) ?? Promise.resolve()).then(work);
    const tail = run.then(
      () => {},
      () => {},
    );
    this.#tails.set(userId, tail);
    try {
      return await run;
    } catch (error) {
      throw toStoreError(error, userId);
    } finally {
      if (this.#tails.get(userId) === tail) this.#tails.delete(userId);
    }
  }

  checkOpen(): void {
    if (this.#closed) throw new SessionStoreError('closed', null, 'the session store is closed');
  }

  /** Waits for calls in progress. Every later call throws. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#tails.values());
  }
}

export function toStoreError(error: unknown, userId: string | null): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  const whose = userId === null ? '' : ` for account ${userId}`;
  return new SessionStoreError(
    failureOf(error),
    userId,
    `the session store failed${whose}: ${messageOf(error)}`,
    error,
  );
}

/**
 * Translates an error of reading a file: `unreadable` if a person must act, unchanged if the process lacks resources
 * for now.
 */
export function unreadableFile(error: unknown, what: string, userId: string): unknown {
  if (error instanceof SessionStoreError || isTransient(error)) return error;
  return new SessionStoreError('unreadable', userId, `${what} cannot be read: ${messageOf(error)}`);
}

/** Error codes of a file system that refuses writes until a person acts. */
const NO_WRITES = new Set(
  'ENOSPC EDQUOT EFBIG EROFS EACCES EPERM EIO EBUSY ENXIO ESTALE ENOENT ENOTDIR EISDIR ELOOP ENOTEMPTY EEXIST'.split(
    ' ',
  ),
);

/** The process has too many open files, or no memory. */
const TRANSIENT = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EINTR']);

export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(codeOf(error));
}

function failureOf(error: unknown): SessionStoreFailure {
  if (error instanceof FileLockError) return 'busy';
  if (NO_WRITES.has(codeOf(error)) || redisRefusal(error) !== null) return 'storage';
  return 'io';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { FileLockError } from './file-lock.ts';
import { SessionStoreError } from './session-store.ts';
import { checkUserId } from './user-file.ts';

/** Runs a store's calls: those for one account one after the other, none after the store is closed, with its own errors only. */
export class StoreCalls {
  /** The last call under way of each account. */
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

  /** Waits for what is under way; every later call throws. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#tails.values());
  }
}

export function toStoreError(error: unknown, userId: string | null): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  const failure = error instanceof FileLockError ? 'busy' : 'io';
  const whose = userId === null ? '' : ` for account ${userId}`;
  return new SessionStoreError(
    failure,
    userId,
    `the session store failed${whose}: ${messageOf(error)}`,
    error,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

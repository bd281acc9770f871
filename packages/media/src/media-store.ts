/** Names one stored file. `id` is unique in its account, and made of letters, digits, `_` and `-`. */
export interface MediaName {
  userId: string;
  id: string;
}

/** A file that the store has, and since when (ms since the epoch). */
export interface StoredMedia extends MediaName {
  storedAt: number;
}

/** Stores files of accounts. A file is stored whole or not at all, and never changes. */
export interface MediaStore {
  /**
   * Stores what the source yields. If the source or the store fails, nothing is stored.
   * @throws {MediaStoreError} or the source's error.
   */
  put(name: MediaName, source: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Reads up to `length` bytes from `offset`; fewer at the end of the file.
   * @throws {MediaStoreError} `missing`: there is no such file.
   */
  read(name: MediaName, offset: number, length: number): Promise<Buffer>;
  /** Deletes a file. A missing file is a success. */
  delete(name: MediaName): Promise<void>;
  /** Deletes all files of an account. */
  deleteAll(userId: string): Promise<void>;
  /** Lists all files, in no order. */
  list(): AsyncIterable<StoredMedia>;
  /** Deletes what `put` left behind in a process that ended meanwhile, if nothing was written to it for `ms`. */
  dropUnfinished(ms: number): Promise<void>;
  close(): void;
}

/** `full`: the store has no space, or is read-only. `unavailable`: it does not answer, or refuses this server. */
export type MediaStoreFailure = 'missing' | 'full' | 'unavailable';

/** The store could not do what it was asked. */
export class MediaStoreError extends Error {
  readonly failure: MediaStoreFailure;

  constructor(failure: MediaStoreFailure, cause: unknown) {
    super(`the media store failed: ${failure}`, { cause });
    this.name = 'MediaStoreError';
    this.failure = failure;
  }
}

/** An account as part of a file name. Its user id may have characters that file systems do not take. */
export function folderOf(userId: string): string {
  return Buffer.from(userId).toString('base64url');
}

export function accountOf(folder: string): string {
  return Buffer.from(folder, 'base64url').toString();
}

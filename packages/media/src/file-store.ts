import { randomUUID } from 'node:crypto';
import { mkdir, open, opendir, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  accountOf,
  folderOf,
  MediaStoreError,
  type MediaName,
  type MediaStore,
  type StoredMedia,
} from './media-store.ts';

/** Folder of files that are still being written. No account's folder begins with a dot. */
const INCOMPLETE = '.incomplete';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM']);

/** A {@link MediaStore} in a directory, for API and workers on one machine. */
export class FileMediaStore implements MediaStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(name: MediaName, source: AsyncIterable<Uint8Array>): Promise<void> {
    const incomplete = join(this.#directory, INCOMPLETE, randomUUID());
    try {
      await storing(() => mkdir(join(this.#directory, INCOMPLETE), { recursive: true, mode: 0o700 }));
      const file = await storing(() => open(incomplete, 'wx', 0o600));
      try {
        for await (const chunk of source) await storing(() => writeAll(file, chunk));
        // Without this, a power cut could leave an empty file under the final name.
        await storing(() => file.datasync());
      } finally {
        await file.close();
      }
      await storing(async () => {
        await mkdir(join(this.#directory, folderOf(name.userId)), { recursive: true, mode: 0o700 });
        await rename(incomplete, this.#pathOf(name));
      });
    } catch (error) {
      await rm(incomplete, { force: true });
      throw error;
    }
  }

  async read(name: MediaName, offset: number, length: number): Promise<Buffer> {
    return storing(async () => {
      const file = await open(this.#pathOf(name), 'r');
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    });
  }

  async delete(name: MediaName): Promise<void> {
    await storing(() => rm(this.#pathOf(name), { force: true }));
  }

  async deleteAll(userId: string): Promise<void> {
    await storing(() => rm(join(this.#directory, folderOf(userId)), { recursive: true, force: true }));
  }

  async *list(): AsyncIterable<StoredMedia> {
    for (const folder of await readdirOrNone(this.#directory)) {
      if (folder === INCOMPLETE) continue;
      for await (const { name: id } of await opendir(join(this.#directory, folder))) {
        const storedAt = await modifiedAt(join(this.#directory, folder, id));
        if (storedAt !== null) yield { userId: accountOf(folder), id, storedAt };
      }
    }
  }

  async dropUnfinished(ms: number): Promise<void> {
    const directory = join(this.#directory, INCOMPLETE);
    for (const name of await readdirOrNone(directory)) {
      const path = join(directory, name);
      const storedAt = await modifiedAt(path);
      if (storedAt !== null && storedAt < Date.now() - ms) await rm(path, { force: true });
    }
  }

  close(): void {}

  #pathOf({ userId, id }: MediaName): string {
    return join(this.#directory, folderOf(userId), id);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength;) at += (await file.write(chunk, at)).bytesWritten;
}

/** Runs file operations, and converts their errors. @throws {MediaStoreError} */
async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const failure = code === 'ENOENT' ? 'missing' : FULL.has(code ?? '') ? 'full' : 'unavailable';
    throw new MediaStoreError(failure, error);
  }
}

async function readdirOrNone(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** ms since the epoch; `null` if the file is gone meanwhile. */
async function modifiedAt(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}

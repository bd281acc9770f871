import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sealer } from '@gateway/runtime';
import type * as z from 'zod';
import { readWhole, removeFiles, replaceFile } from './atomic-file.ts';
import { openSealed, sealContent, type SealedKind } from './sealed-content.ts';
import { fileNameOf, userIdOf } from './user-file.ts';

/** The accounts' sealed files in one directory: `{user_id}.{kind}`, each of one line. */
export class SealedFiles {
  readonly #directory: string;
  readonly #sealer: Sealer;

  constructor(directory: string, sealer: Sealer) {
    this.#directory = directory;
    this.#sealer = sealer;
  }

  /** `null`: there is none. @throws {SessionStoreError} `unreadable`. */
  async read<T>(userId: string, kind: SealedKind, schema: z.ZodType<T>): Promise<T | null> {
    const place = this.#file(userId, kind);
    const sealed = await readWhole(place);
    return sealed === null ? null : openSealed(this.#sealer, sealed.trim(), { kind, userId, place }, schema);
  }

  /** Resolves when it is on disk. `mayWrite` is asked just before the file takes its place; it throws to call that off. */
  async write(userId: string, kind: SealedKind, content: unknown, mayWrite: () => void): Promise<void> {
    const sealed = sealContent(this.#sealer, kind, userId, content);
    await replaceFile(this.#file(userId, kind), `${sealed}\n`, async () => mayWrite());
  }

  /** Removes the files that are there. `mayWrite` is asked just before the first goes; it throws to call that off. */
  async remove(userId: string, kinds: readonly SealedKind[], mayWrite: () => void): Promise<void> {
    const names = kinds.map((kind) => nameOf(userId, kind));
    await removeFiles(this.#directory, names, mayWrite);
  }

  async has(userId: string, kind: SealedKind): Promise<boolean> {
    try {
      await access(this.#file(userId, kind));
      return true;
    } catch {
      return false;
    }
  }

  /** The accounts that have a file of the kind. */
  async userIds(kind: SealedKind): Promise<string[]> {
    const ending = nameEnding(kind);
    return (await readdir(this.#directory))
      .filter((name) => name.endsWith(ending))
      .map((name) => userIdOf(name.slice(0, -ending.length)))
      .filter((userId) => userId !== null);
  }

  #file(userId: string, kind: SealedKind): string {
    return join(this.#directory, nameOf(userId, kind));
  }
}

function nameOf(userId: string, kind: SealedKind): string {
  return fileNameOf(userId) + nameEnding(kind);
}

function nameEnding(kind: SealedKind): string {
  return `.${kind}`;
}

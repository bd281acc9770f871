import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sealer } from '@gateway/runtime';
import type * as z from 'zod';
import { checkFileReplaceable, keepBroken, readWhole, removeFiles, replaceFile } from './atomic-file.ts';
import { openSealed, sealContent, type SealedKind } from './sealed-content.ts';
import { unreadableFile } from './store-calls.ts';
import { fileNameOf, userIdOf } from './user-file.ts';

/** The accounts' sealed files in one directory, `{user_id}.{kind}`, each with one line. */
export class SealedFiles {
  readonly #directory: string;
  readonly #sealer: Sealer;

  constructor(directory: string, sealer: Sealer) {
    this.#directory = directory;
    this.#sealer = sealer;
  }

  /** `null`: no file. @throws {SessionStoreError} `unreadable`. */
  async read<T>(userId: string, kind: SealedKind, schema: z.ZodType<T>): Promise<T | null> {
    const place = this.#file(userId, kind);
    const what = `the ${kind} of account ${userId} in ${place}`;
    const sealed = await readWhole(place).catch((error: unknown) => {
      throw unreadableFile(error, what, userId);
    });
    return sealed === null ? null : openSealed(this.#sealer, sealed.trim(), { kind, userId, place }, schema);
  }

  /**
   * Resolves when the file is on disk.
   * @param mayWrite is called just before the rename. Throw there to cancel.
   * @param keepFormer keeps the replaced file under another name.
   */
  async write(
    userId: string,
    kind: SealedKind,
    content: unknown,
    { mayWrite, keepFormer = false }: { mayWrite: () => void; keepFormer?: boolean },
  ): Promise<void> {
    const file = this.#file(userId, kind);
    const sealed = sealContent(this.#sealer, kind, userId, content);
    await replaceFile(file, `${sealed}\n`, async () => {
      mayWrite();
      if (keepFormer) await keepBroken(file);
    });
  }

  /**
   * Deletes the files and their broken copies. `mayWrite` is called just before the first is deleted; throw there to
   * cancel.
   */
  async remove(userId: string, kinds: readonly SealedKind[], mayWrite: () => void): Promise<void> {
    const names = kinds.map((kind) => nameOf(userId, kind));
    await removeFiles(this.#directory, names, mayWrite);
  }

  /** @throws if one of the files exists and cannot be replaced or removed. */
  async checkReplaceable(userId: string, kinds: readonly SealedKind[]): Promise<void> {
    for (const kind of kinds) await checkFileReplaceable(this.#file(userId, kind));
  }

  async has(userId: string, kind: SealedKind): Promise<boolean> {
    try {
      await access(this.#file(userId, kind));
      return true;
    } catch {
      return false;
    }
  }

  /** The accounts that have a file of this kind. */
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

import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { livenessOf, PROCESS_IDENTITY } from '@gateway/runtime';

/** `~` cannot occur in a user id, so no account's file looks like this. */
const TEMPORARY = /^\.([0-9a-f]{8}-\d+-\w+)-[0-9a-f]{16}\.~tmp$/;

const MAX_OPEN_FILES = 32;

/** A temporary file of a process that cannot be judged from here is left over when it is older than this (ms). */
const LEFT_OVER_MS = 10 * 60_000;

/**
 * Replaces a file so that it is, at every moment and after a power cut, the whole old or the whole new one; mode 0600. Resolves when
 * it is on disk.
 *
 * @param beforeCommit is awaited when all is written, just before the new file takes its place; throw there to call it off.
 */
export function replaceFile(
  file: string,
  content: string,
  beforeCommit?: () => Promise<void>,
): Promise<void> {
  return withSlot(() => replace(file, content, beforeCommit));
}

async function replace(file: string, content: string, beforeCommit?: () => Promise<void>): Promise<void> {
  const directory = dirname(file);
  const temporary = join(directory, `.${PROCESS_IDENTITY}-${randomBytes(8).toString('hex')}.~tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await beforeCommit?.();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** The whole file as text; `null` where there is none. */
export async function readWhole(file: string): Promise<string | null> {
  try {
    return await withSlot(() => readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Removes files for good; those that are not there are fine. Resolves when that is on disk. All are in one directory.
 *
 * @param beforeCommit is called just before the first file goes; throw there to call it off.
 */
export async function removeFiles(
  directory: string,
  names: readonly string[],
  beforeCommit: () => void,
): Promise<void> {
  await withSlot(async () => {
    beforeCommit();
    for (const name of names) await rm(join(directory, name), { force: true });
    await syncDirectory(directory);
  });
}

/** Removes what {@link replaceFile} left behind in processes that were killed. What a living one is writing stays. */
export async function removeLeftOvers(directory: string, now: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const writer = TEMPORARY.exec(name)?.[1];
    if (writer === undefined) continue;
    const file = join(directory, name);
    const liveness = livenessOf(writer);
    if (
      liveness === 'gone' ||
      (liveness === 'unknown' && now - (await modifiedAt(file, now)) > LEFT_OVER_MS)
    ) {
      await rm(file, { force: true });
    }
  }
}

async function modifiedAt(file: string, otherwise: number): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return otherwise;
  }
}

/** Resolves when what was made, renamed or removed in the directory is on disk. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

let slotsInUse = 0;
const waitingForSlot: (() => void)[] = [];

/** A thousand accounts at once must not need a thousand file descriptors: many systems give a process 256. */
async function withSlot<T>(work: () => Promise<T>): Promise<T> {
  if (slotsInUse < MAX_OPEN_FILES) slotsInUse += 1;
  else await new Promise<void>((resolve) => waitingForSlot.push(resolve));
  try {
    return await work();
  } finally {
    const next = waitingForSlot.shift();
    if (next === undefined) slotsInUse -= 1;
    else next();
  }
}

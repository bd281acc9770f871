import { randomBytes } from 'node:crypto';
import { access, constants, link, lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
    // A disk that became read-only meanwhile must not hide the first error.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(directory);
}

/** The peers of a million chats take less. */
const MAX_BYTES = 2 ** 26;

/**
 * The whole file as text; `null` where there is none.
 * @throws for anything but a file, such as a directory or a link to nothing, and for one that is too large to be read by the way.
 */
export async function readWhole(file: string): Promise<string | null> {
  return withSlot(async () => {
    try {
      // Reading a named pipe would wait for ever.
      const found = await stat(file);
      if (!found.isFile()) throw new Error('it is not a file');
      if (found.size > MAX_BYTES) throw new Error(`it has ${found.size} bytes`);
      return await readFile(file, 'utf8');
    } catch (error) {
      if (!isErrorCode(error, 'ENOENT')) throw error;
      if (await isThere(file)) throw new Error('it is a link to nothing', { cause: error });
      return null;
    }
  });
}

/** Whether something has this name, a link to nothing included. */
export async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Names that {@link keepAside} gives, behind that of the file. */
const ASIDE = /^\.broken-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[0-9a-f]{4}$/;

const ASIDE_LENGTH = '.broken-2026-01-31T23-59-59-0000'.length;

/** Keeps what stands at `file` under another name beside it, because another file is about to replace it. */
export async function keepAside(file: string): Promise<void> {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const aside = `${file}.broken-${time}-${randomBytes(2).toString('hex')}`;
  try {
    // A second name leaves no moment in which the first one is missing.
    await link(file, aside);
  } catch {
    await rename(file, aside);
  }
}

/** @throws where no file of `size` more bytes can be written to the directory. Leaves nothing behind. */
export async function checkDirectoryWritable(directory: string, size: number): Promise<void> {
  // Room for a session and some peers beside the file that is written anew.
  const content = Buffer.alloc(size + 16 * 1024);
  const probe = join(directory, `.${PROCESS_IDENTITY}-${randomBytes(8).toString('hex')}.~tmp`);
  try {
    const handle = await open(probe, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** @throws where the file is there and nobody may replace or remove it: it is immutable, or on a read-only disk. */
export async function checkFileReplaceable(file: string): Promise<void> {
  try {
    await access(file, constants.W_OK);
  } catch (error) {
    // Without write permission, or broken, it can be replaced all the same.
    if (isErrorCode(error, 'EPERM') || isErrorCode(error, 'EROFS')) throw error;
  }
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Removes files for good, and what {@link keepAside} kept of them; missing ones are fine. Resolves when that is on disk.
 * A directory in the place of a file is moved aside: nobody knows what is in it.
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
    const aside = (await readdir(directory)).filter((found) =>
      names.some((name) => found.startsWith(name) && ASIDE.test(found.slice(name.length))),
    );
    for (const name of [...names, ...aside]) await remove(join(directory, name));
    await syncDirectory(directory);
  });
}

async function remove(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    if (!isErrorCode(error, 'ERR_FS_EISDIR')) throw error;
    if (!ASIDE.test(basename(file).slice(-ASIDE_LENGTH))) await keepAside(file);
  }
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
      // On a full or read-only disk it stays for the next start.
      await rm(file, { force: true }).catch(() => {});
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

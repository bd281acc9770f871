import { randomBytes } from 'node:crypto';
import { access, constants, link, lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { livenessOf, PROCESS_IDENTITY } from '@gateway/runtime';

/** `~` cannot occur in a user id, so no account's file looks like this. */
const TEMPORARY = /^\.([0-9a-f]{8}-\d+-\w+)-[0-9a-f]{16}\.~tmp$/;

const MAX_OPEN_FILES = 32;

/**
 * ms after which a temporary file may be removed if its process cannot be checked, such as one in another container.
 */
const LEFT_OVER_MS = 10 * 60_000;

/**
 * Replaces a file atomically: at every moment, even after a power cut, it has the whole old or the whole new content.
 * Mode 0600. Resolves when the new file is on disk.
 *
 * @param beforeCommit is awaited after the content is written, just before the rename. Throw there to cancel.
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
    // If the disk has become read-only, removing fails too. The first error is the one to report.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(directory);
}

/** Maximum size of a file that is read. The peers of a million chats need less. */
const MAX_BYTES = 2 ** 26;

/**
 * The content of a file; `null` if it does not exist.
 * @throws if the path is not a file (a directory, a broken link) or the file is larger than MAX_BYTES.
 */
export async function readWhole(file: string): Promise<string | null> {
  return withSlot(() =>
    readIfExists(file, async () => {
      // Reading a named pipe would never end.
      const found = await stat(file);
      if (!found.isFile()) throw new Error('it is not a file');
      if (found.size > MAX_BYTES) throw new Error(`it has ${found.size} bytes`);
      return readFile(file, 'utf8');
    }),
  );
}

/**
 * The result of `read`, or `null` if the file does not exist. Repeats `read` if the file appears while it runs.
 * @throws what `read` throws; an error for a broken link.
 */
export async function readIfExists<T>(file: string, read: () => Promise<T>): Promise<T | null> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!isErrorCode(error, 'ENOENT')) throw error;
      const found = await statPath(file);
      if (found === null) return null;
      if (found.isSymbolicLink()) throw new Error('it is a broken link', { cause: error });
    }
  }
}

/** What stands at a path, without following a link; `null`: nothing. */
async function statPath(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** The suffix that {@link keepBroken} adds to a file's name. */
const BROKEN_SUFFIX = /^\.broken-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[0-9a-f]{4}$/;

const BROKEN_SUFFIX_LENGTH = '.broken-2026-01-31T23-59-59-0000'.length;

/** Keeps a broken file under another name, because a new file is about to replace it. */
export async function keepBroken(file: string): Promise<void> {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const brokenCopy = `${file}.broken-${time}-${randomBytes(2).toString('hex')}`;
  try {
    // With a hard link the original name exists at every moment.
    await link(file, brokenCopy);
  } catch {
    await rename(file, brokenCopy);
  }
}

/** @throws if a file of `size` more bytes cannot be written to the directory. Leaves no file behind. */
export async function checkDirectoryWritable(directory: string, size: number): Promise<void> {
  // Adds room for a session and some peers, which are written next to the replaced file.
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

/** @throws if the file exists and cannot be replaced or removed: it is immutable, or its disk is read-only. */
export async function checkFileReplaceable(file: string): Promise<void> {
  try {
    await access(file, constants.W_OK);
  } catch (error) {
    // A rename does not need write permission to the file, so other errors do not matter.
    if (isErrorCode(error, 'EPERM') || isErrorCode(error, 'EROFS')) throw error;
  }
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Deletes files and the broken copies that {@link keepBroken} made of them. Missing files are fine. A directory in
 * place of a file is renamed instead, since its content is unknown. Resolves when the changes are on disk.
 *
 * @param beforeCommit is called just before the first file is deleted. Throw there to cancel.
 */
export async function removeFiles(
  directory: string,
  names: readonly string[],
  beforeCommit: () => void,
): Promise<void> {
  await withSlot(async () => {
    beforeCommit();
    const brokenCopies = (await readdir(directory)).filter((found) =>
      names.some((name) => found.startsWith(name) && BROKEN_SUFFIX.test(found.slice(name.length))),
    );
    for (const name of [...names, ...brokenCopies]) await remove(join(directory, name));
    await syncDirectory(directory);
  });
}

async function remove(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    if (!isErrorCode(error, 'ERR_FS_EISDIR')) throw error;
    if (!BROKEN_SUFFIX.test(basename(file).slice(-BROKEN_SUFFIX_LENGTH))) await keepBroken(file);
  }
}

/**
 * Deletes the temporary files that killed processes left behind in {@link replaceFile}. Keeps those of running
 * processes.
 */
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
      // On a full or read-only disk the file stays until the next start.
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

/** Resolves when files that were created, renamed or deleted in the directory are on disk. */
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

/** Limits open files: a thousand accounts may change at once, and many systems allow a process 256 file descriptors. */
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

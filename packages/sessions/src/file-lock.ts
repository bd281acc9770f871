import { randomBytes } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { livenessOf, PROCESS_IDENTITY, sleep } from '@gateway/runtime';

/** ms between signs of life of a holder, and the age of the last one at which a holder that cannot be judged counts as gone. */
const BEAT_MS = 2_000;
const SILENT_MS = 10_000;

/** ms between two tries, at most; spread, so that waiting processes do not try in step. */
const RETRY_MS = 20;

/** The lock could not be had in time, or was lost while it was held. */
export class FileLockError extends Error {
  override readonly name = 'FileLockError';
}

/**
 * Runs `work` while this process, and in it this call, holds the lock file. Node has no lock of the kernel's, so a holder that died
 * leaves its file behind: it is removed at once where the process can be seen to be gone, else (another container) when it has
 * given no sign of life for 10 s. A holder that lives is never robbed.
 *
 * @param work gets a function that throws where the lock has been lost after all (a machine that was asleep): to be called last thing
 * before a change is made.
 * @throws {FileLockError} after `timeoutMs` of waiting.
 */
export async function withFileLock<T>(
  file: string,
  timeoutMs: number,
  work: (checkHeld: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const holder = `${PROCESS_IDENTITY} ${randomBytes(8).toString('hex')}`;
  await acquire(file, holder, performance.now() + timeoutMs);
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), BEAT_MS);
  const held = async () => (await readHolder(file)) === holder;
  try {
    return await work(async () => {
      if (!(await held())) throw new FileLockError(`the lock ${file} was lost while it was held`);
    });
  } finally {
    clearInterval(beat);
    if (await held()) await rm(file, { force: true });
  }
}

async function acquire(file: string, holder: string, deadline: number): Promise<void> {
  while (!(await create(file, holder))) {
    if (await isAbandoned(file)) await removeAbandoned(file, holder, deadline);
    else await sleep(1 + Math.random() * RETRY_MS);
    if (performance.now() > deadline)
      throw new FileLockError(`the lock ${file} was not to be had in time; another process holds it`);
  }
}

/**
 * Two that find the same dead holder must not remove one after the other: the second would remove the lock that the first has taken by
 * then. So removing is done under a lock of its own, after another look; should its holder die too, that one is removed in the same way.
 */
async function removeAbandoned(file: string, holder: string, deadline: number): Promise<void> {
  const guard = `${file}.break`;
  await acquire(guard, holder, deadline);
  try {
    if (await isAbandoned(file)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function create(file: string, holder: string): Promise<boolean> {
  try {
    await writeFile(file, holder, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) return false;
    // Made, but not written: the disk is full. Without this everybody would wait for it.
    await rm(file, { force: true });
    throw error;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const holder = await readHolder(file);
  if (holder === null) return false;
  const liveness = livenessOf(holder.split(' ')[0] ?? '');
  if (liveness !== 'unknown') return liveness === 'gone';
  try {
    return Date.now() - (await stat(file)).mtimeMs > SILENT_MS;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** What the lock file says; `null` where there is none. Empty for the moment between its making and its writing. */
async function readHolder(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

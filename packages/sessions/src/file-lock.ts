import { randomBytes } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { livenessOf, PROCESS_IDENTITY, sleep } from '@gateway/runtime';

/**
 * A holder touches its lock file every HEARTBEAT_MS. If its process cannot be checked, it counts as gone after
 * SILENT_MS.
 */
const HEARTBEAT_MS = 2_000;
const SILENT_MS = 10_000;

/** Maximum ms between two attempts. Random, so that waiting processes do not retry in step. */
const RETRY_MS = 20;

/** The lock was not acquired in time, or was lost. */
export class FileLockError extends Error {
  override readonly name = 'FileLockError';
}

/**
 * Runs `work` while this call holds the lock file. Node has no kernel locks, so a process that ends may leave its lock
 * file behind. Such a file is removed at once if its process is known to have ended. If the process cannot be checked
 * (another container), its file is removed after 10 s without a heartbeat. A running process never loses its lock.
 *
 * @param work gets a function that throws if the lock was lost after all (the machine was asleep). Call it immediately
 * before committing a change.
 * @throws {FileLockError} after `timeoutMs` of waiting.
 */
export async function withFileLock<T>(
  file: string,
  timeoutMs: number,
  work: (checkHeld: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const holder = `${PROCESS_IDENTITY} ${randomBytes(8).toString('hex')}`;
  await acquire(file, holder, performance.now() + timeoutMs);
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS);
  const held = async () => (await readHolder(file)) === holder;
  try {
    return await work(async () => {
      if (!(await held())) throw new FileLockError(`the lock ${file} was lost`);
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
      throw new FileLockError(`the lock ${file} was not acquired in time; another process holds it`);
  }
}

/**
 * Two processes that find the same abandoned lock must not both remove it: the second would remove the lock that the
 * first has acquired by then. Removal therefore takes a lock of its own and checks again. If the holder of that lock
 * ends too, its lock is removed in the same way.
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
    // The disk is full: the file was created but not written. Remove it, or every process would wait for it.
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

/** The holder in the lock file; `null` if there is no file. Empty between creating and writing it. */
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

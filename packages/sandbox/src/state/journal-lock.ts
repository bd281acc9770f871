import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Locks a directory for this process: two writers of one journal would lose each other's events. Takes over the lock of
 * a process that has ended.
 *
 * @returns a function that releases the lock.
 * @throws Error naming the process that holds the lock.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  try {
    writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const [pid = 0, start = ''] = readFileSync(path, 'utf8').trim().split(' ');
    if (isRunning(Number(pid), start)) {
      throw new Error(`${directory} is in use by process ${pid}; stop it, or choose another DATA_DIR`, {
        cause: error,
      });
    }
    rmSync(path, { force: true });
    return lockDirectory(directory);
  }
  return () => rmSync(path, { force: true });
}

function isRunning(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  // The pid may have been reused since.
  return startOf(pid) === start;
}

/** A process's start time in the kernel's clock ticks; `ended` for a zombie; empty if the system has no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The process name is in parentheses and may hold any character. The state follows it, and the start time 19 fields
    // later.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keeps a directory for this process: two writers of one journal would lose each other's events. A lock whose process is gone is
 * taken over.
 *
 * @returns what gives the lock back.
 * @throws Error naming the process that holds it.
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
  // The number may have gone to another process since.
  return startOf(pid) === start;
}

/** When a process began, in the kernel's clock ticks; `ended` where it only waits for its parent to notice; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, which may hold anything, stands in parentheses; then come the process's state and, 19 fields on, its start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

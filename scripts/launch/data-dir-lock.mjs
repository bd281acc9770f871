import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startOf } from '../lib/processes.mjs';
import { Stop } from '../lib/say.mjs';

/**
 * Makes this launcher the only one that uses a data directory. Takes over the lock of a launcher that was killed.
 * @param {string} dataDir
 * @returns {() => void} releases the lock
 */
export function lockDataDir(dataDir) {
  const file = join(dataDir, 'launcher.lock');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const mine = JSON.stringify({ pid: process.pid, start: startOf(process.pid) });
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(file, mine, { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder.pid) && startOf(holder.pid) === holder.start) {
      throw new Stop(
        `This data directory is in use by another npm start (pid ${holder.pid}): ${dataDir}\n` +
          'Stop that one, or run a second stack with its own DATA_DIR, PORT, SANDBOX_PORT and SANDBOX_CONTROL_PORT.',
      );
    }
    rmSync(file, { force: true });
  }
  throw new Stop(`Another npm start is starting on the same data directory: ${dataDir}`);
}

/** @param {string} file @returns {{ pid: number, start: string } | undefined} */
function readHolder(file) {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8'));
    return typeof holder.pid === 'number' && typeof holder.start === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

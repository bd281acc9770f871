import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const BOOT = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));

/** Where a pid means something: machine, boot and pid namespace. Containers that share a volume differ in the last. */
const PLACE = createHash('sha256')
  .update(JSON.stringify([hostname(), BOOT, attempt(() => readlinkSync('/proc/self/ns/pid'))]))
  .digest('hex')
  .slice(0, 8);

/** Names this process where others read it, in files and in Redis: `place-pid-start`. The start tells it from a later process with the same pid. */
export const PROCESS_IDENTITY = `${PLACE}-${process.pid}-${readStat('self')?.start ?? 'unknown'}`;

/**
 * Whether the process of that name lives. `unknown`: it cannot be judged from here, being elsewhere, or on a system with no /proc: there
 * two machines of one name could not be told apart.
 */
export function livenessOf(identity: string): 'alive' | 'gone' | 'unknown' {
  const [place, pid, start] = identity.split('-');
  if (BOOT === null || place !== PLACE || pid === undefined || !/^\d+$/.test(pid)) return 'unknown';
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && error.code === 'EPERM';
    if (!denied) return 'gone';
  }
  const stat = readStat(pid);
  if (stat === null || start === 'unknown') return 'unknown';
  return stat.start === start && !stat.ended ? 'alive' : 'gone';
}

/** From Linux's /proc: when a process started, in ticks since boot, and whether it has ended and only waits for its parent to notice. */
function readStat(pid: string): { start: string; ended: boolean } | null {
  // The second field is the program's name in parentheses, which may hold anything, spaces and parentheses too.
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))?.replace(/^.*\) /s, '');
  const fields = text?.split(' ') ?? [];
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? null : { start, ended: state === 'Z' || state === 'X' };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

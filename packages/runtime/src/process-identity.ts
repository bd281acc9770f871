import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names the time since the machine was switched on; `null` where the system does not say. */
export const BOOT_ID = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));

/**
 * The scope in which a pid is unique: machine, boot and pid namespace. Containers that share a volume differ in the
 * namespace.
 */
const PLACE = createHash('sha256')
  .update(JSON.stringify([hostname(), BOOT_ID, attempt(() => readlinkSync('/proc/self/ns/pid'))]))
  .digest('hex')
  .slice(0, 8);

/**
 * Identifies this process to others, in files and in Redis: `place-pid-start`. The start tells it from a later process
 * with the same pid.
 */
export const PROCESS_IDENTITY = `${PLACE}-${process.pid}-${readStat('self')?.start ?? 'unknown'}`;

/**
 * Whether the process with that identity is alive. `unknown` if it runs elsewhere, or on a system without /proc, where
 * two machines of the same name could not be told apart.
 */
export function livenessOf(identity: string): 'alive' | 'gone' | 'unknown' {
  const [place, pid, start] = identity.split('-');
  if (BOOT_ID === null || place !== PLACE || pid === undefined || !/^\d+$/.test(pid)) return 'unknown';
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

/**
 * Reads Linux's /proc: when a process started, in ticks since boot, and whether it has ended and is only waiting for
 * its parent to reap it.
 */
function readStat(pid: string): { start: string; ended: boolean } | null {
  // The second field is the program's name in parentheses. It may itself contain spaces and parentheses.
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

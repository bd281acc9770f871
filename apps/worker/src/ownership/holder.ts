import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names this process so that another on the same machine can tell whether it still runs: `<host> <boot> <pid namespace> <pid> <start>`.
 * Where the system does not tell (no /proc), the middle parts are `-`, and nobody concludes anything.
 */
export function holderName(pid: number = process.pid): string {
  return [hostname(), bootId(), pidNamespace(), pid, processStart(pid) ?? '-'].join(' ');
}

/**
 * Whether the process of that name is known to be gone, or is this very process (which holds no accounts when it asks). False in doubt:
 * then its lease runs out by itself.
 */
export function isHolderGone(holder: string): boolean {
  if (holder === holderName()) return true;
  const [host, boot, namespace, pid, start] = holder.split(' ');
  if (boot === '-' || namespace === '-' || start === '-' || pid === undefined) return false;
  if (host !== hostname() || boot !== bootId() || namespace !== pidNamespace()) return false;
  return processStart(Number(pid)) !== start;
}

function bootId(): string {
  return tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '-';
}

function pidNamespace(): string {
  return tryRead(() => readlinkSync('/proc/self/ns/pid')) ?? '-';
}

/** Clock ticks after boot at which the process began: a pid is used again, this pair is not. */
function processStart(pid: number): string | undefined {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The command's name, in parentheses, may hold spaces; `starttime` is the 20th field after it.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

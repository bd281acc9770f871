import { readFile } from 'node:fs/promises';

/** Clock ticks a second that the kernel counts by: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** CPU seconds that a process has used, threads and all; from /proc, so on Linux only. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** What some processes use while something goes on. */
export async function measureCpu(
  pids: readonly number[],
  work: () => Promise<void>,
): Promise<{ cpu: number; wall: number }> {
  const total = async () => (await Promise.all(pids.map(cpuSeconds))).reduce((sum, each) => sum + each, 0);
  const before = await total();
  const begun = performance.now();
  await work();
  return { wall: (performance.now() - begun) / 1_000, cpu: (await total()) - before };
}

/** Bytes of memory that a process holds. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

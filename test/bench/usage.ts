import { readFile } from 'node:fs/promises';

/** Clock ticks per second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** CPU seconds that a process has used, including its threads. From /proc, so Linux only. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** CPU seconds of all processes together, and seconds passed, during `work`. */
export async function measureCpu(
  pids: readonly number[],
  work: () => Promise<void>,
): Promise<{ cpu: number; wall: number }> {
  const { cpu, wall } = await measureEach(pids, work);
  return { wall, cpu: cpu.reduce((sum, each) => sum + each, 0) };
}

/** Like {@link measureCpu}, with the CPU seconds of each process. */
export async function measureEach(
  pids: readonly number[],
  work: () => Promise<void>,
): Promise<{ cpu: number[]; wall: number }> {
  const before = await Promise.all(pids.map(cpuSeconds));
  const begun = performance.now();
  await work();
  const wall = (performance.now() - begun) / 1_000;
  const after = await Promise.all(pids.map(cpuSeconds));
  return { wall, cpu: after.map((cpu, index) => cpu - (before[index] ?? 0)) };
}

/** Bytes of resident memory of a process. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';

const MIB = 1024 * 1024;
/** Much more than a process may need for it. */
const LONG = 96 * MIB;
const MOST = 64 * MIB;

/** What downloads of any size cost. `written`: writes a message with a made-up file, and returns its file_id. */
export const longFile = (product: () => { stack: Stack; written: (size: number) => Promise<string> }) => {
  /** Reads a file as it arrives. @returns how many bytes there were. */
  async function download(fileId: string): Promise<number> {
    const { api } = product().stack;
    const path = `/telegram/accounts/alice/files/${fileId}`;
    const { body } = await fetch(api.url + path, { headers: api.headers });
    let size = 0;
    for await (const chunk of body ?? []) size += (chunk as Uint8Array).byteLength;
    return size;
  }

  const memoryOf = async (pid: number) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const [now, peak] = ['VmRSS', 'VmHWM'].map(
      (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024,
    );
    return { now: now ?? 0, peak: peak ?? 0 };
  };

  test.skipIf(process.platform !== 'linux')(
    'a long file is streamed: it costs API and worker at most 64 MiB above rest',
    async () => {
      const { stack, written } = product();
      const fileId = await written(LONG);
      // The first download also loads code, and opens the connections that the next ones use.
      await download(await written(8 * MIB));
      const processes = { api: stack.apiProcess.pid, worker: stack.worker.pid };
      const rest = new Map<string, number>();
      for (const [name, pid] of Object.entries(processes)) {
        // Linux then counts the peak from now on.
        await writeFile(`/proc/${pid}/clear_refs`, '5');
        rest.set(name, (await memoryOf(pid)).now);
      }
      expect(await download(fileId)).toBe(LONG);
      for (const [name, pid] of Object.entries(processes)) {
        const above = (await memoryOf(pid)).peak - (rest.get(name) ?? 0);
        expect([name, above, above <= MOST]).toEqual([name, above, true]);
      }
    },
    60_000,
  );
};

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { livenessOf, PROCESS_IDENTITY } from '@gateway/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileLockError, withFileLock } from './file-lock.ts';

async function makeLock(): Promise<{ file: string; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'file-lock-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return { directory, file: join(directory, 'lock') };
}

/** The name of a process of this machine that has ended. */
async function goneProcess(): Promise<string> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'close');
  const [place] = PROCESS_IDENTITY.split('-');
  return `${place}-${child.pid}-1`;
}

/** The name of a process that nobody here can judge, as one in another container. */
const ELSEWHERE = '00000000-1-1';

describe('a process by its name', () => {
  it('is alive, gone, or not to be judged', async () => {
    const [place, pid] = PROCESS_IDENTITY.split('-');
    expect(livenessOf(await goneProcess())).toBe('gone');
    expect(livenessOf(ELSEWHERE)).toBe('unknown');
    expect(livenessOf('')).toBe('unknown');
    expect(livenessOf(`${place}-${pid}-unknown`)).toBe('unknown');
  });

  it.runIf(process.platform === 'linux')('is not taken for a later one with the same pid', () => {
    const [place, pid] = PROCESS_IDENTITY.split('-');
    expect(livenessOf(PROCESS_IDENTITY)).toBe('alive');
    expect(livenessOf(`${place}-${pid}-1`)).toBe('gone');
  });
});

describe('a lock file', () => {
  it('lets one in at a time, and is gone afterwards', async () => {
    const { file, directory } = await makeLock();
    let inside = 0;
    let most = 0;
    const enter = () =>
      withFileLock(file, 10_000, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await readdir(directory);
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 20 }, enter));
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    const { file, directory } = await makeLock();
    await expect(
      withFileLock(file, 1_000, () => Promise.reject(new Error('the work failed'))),
    ).rejects.toThrow('the work failed');
    expect(await readdir(directory)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'is never taken from a process that lives, however old it is',
    async () => {
      const { file } = await makeLock();
      await writeFile(file, `${PROCESS_IDENTITY} another call`);
      await utimes(file, 0, 0);
      await expect(withFileLock(file, 100, async () => {})).rejects.toThrow(FileLockError);
      expect(await readFile(file, 'utf8')).toContain('another call');
    },
  );

  it('is taken at once from a process that is gone, by one of many that wait', async () => {
    const { file, directory } = await makeLock();
    for (let repeat = 0; repeat < 10; repeat += 1) {
      await writeFile(file, `${await goneProcess()} a killed call`);
      let inside = 0;
      const enter = () =>
        withFileLock(file, 5_000, async (checkHeld) => {
          inside += 1;
          expect(inside).toBe(1);
          // Long enough for the others to come back to the lock that they saw abandoned.
          for (let step = 0; step < 100; step += 1) await readdir(directory);
          await checkHeld();
          inside -= 1;
        });
      await Promise.all(Array.from({ length: 5 }, enter));
    }
    expect(await readdir(directory)).toEqual([]);
  });

  it('is taken from a process that died while it was removing the lock of one that had died', async () => {
    const { file, directory } = await makeLock();
    for (const name of [file, `${file}.break`, `${file}.break.break`])
      await writeFile(name, `${await goneProcess()} a killed call`);
    expect(await withFileLock(file, 5_000, async () => 'done')).toBe('done');
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([`${ELSEWHERE} a call`, ''])(
    'of a holder that cannot be judged (%j) counts for as long as it gives signs of life',
    async (holder) => {
      const { file } = await makeLock();
      await writeFile(file, holder);
      await expect(withFileLock(file, 100, async () => {})).rejects.toThrow(FileLockError);
      const longAgo = new Date(Date.now() - 11_000);
      await utimes(file, longAgo, longAgo);
      expect(await withFileLock(file, 1_000, async () => 'done')).toBe('done');
    },
  );

  it('that was lost is noticed before a change is made, and what another one holds stays', async () => {
    const { file } = await makeLock();
    const work = withFileLock(file, 1_000, async (checkHeld) => {
      await writeFile(file, `${ELSEWHERE} a call`);
      await checkHeld();
    });
    await expect(work).rejects.toThrow(FileLockError);
    expect(await readFile(file, 'utf8')).toBe(`${ELSEWHERE} a call`);
  });
});

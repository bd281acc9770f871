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

/** The identity of a process on this machine that has ended. */
async function goneProcess(): Promise<string> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'close');
  const [place] = PROCESS_IDENTITY.split('-');
  return `${place}-${child.pid}-1`;
}

/** The identity of a process that cannot be checked from here, such as one in another container. */
const ELSEWHERE = '00000000-1-1';

describe('liveness of a process', () => {
  it('is alive, gone or unknown', async () => {
    const [place, pid] = PROCESS_IDENTITY.split('-');
    expect(livenessOf(await goneProcess())).toBe('gone');
    expect(livenessOf(ELSEWHERE)).toBe('unknown');
    expect(livenessOf('')).toBe('unknown');
    expect(livenessOf(`${place}-${pid}-unknown`)).toBe('unknown');
  });

  it.runIf(process.platform === 'linux')('is gone if a later process has the same pid', () => {
    const [place, pid] = PROCESS_IDENTITY.split('-');
    expect(livenessOf(PROCESS_IDENTITY)).toBe('alive');
    expect(livenessOf(`${place}-${pid}-1`)).toBe('gone');
  });
});

describe('a lock file', () => {
  it('lets one holder in at a time, and is removed afterwards', async () => {
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

  it('is released when the work fails', async () => {
    const { file, directory } = await makeLock();
    await expect(
      withFileLock(file, 1_000, () => Promise.reject(new Error('the work failed'))),
    ).rejects.toThrow('the work failed');
    expect(await readdir(directory)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'is never taken from a running process, however old it is',
    async () => {
      const { file } = await makeLock();
      await writeFile(file, `${PROCESS_IDENTITY} another call`);
      await utimes(file, 0, 0);
      await expect(withFileLock(file, 100, async () => {})).rejects.toThrow(FileLockError);
      expect(await readFile(file, 'utf8')).toContain('another call');
    },
  );

  it('is taken at once from an ended process, by one of many that wait', async () => {
    const { file, directory } = await makeLock();
    for (let repeat = 0; repeat < 10; repeat += 1) {
      await writeFile(file, `${await goneProcess()} a killed call`);
      let inside = 0;
      const enter = () =>
        withFileLock(file, 5_000, async (checkHeld) => {
          inside += 1;
          expect(inside).toBe(1);
          // Long enough for the others to return to the lock that they saw abandoned.
          for (let step = 0; step < 100; step += 1) await readdir(directory);
          await checkHeld();
          inside -= 1;
        });
      await Promise.all(Array.from({ length: 5 }, enter));
    }
    expect(await readdir(directory)).toEqual([]);
  });

  it('is taken from a process that ended while it removed an abandoned lock', async () => {
    const { file, directory } = await makeLock();
    for (const name of [file, `${file}.break`, `${file}.break.break`])
      await writeFile(name, `${await goneProcess()} a killed call`);
    expect(await withFileLock(file, 5_000, async () => 'done')).toBe('done');
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([`${ELSEWHERE} a call`, ''])(
    'stays with a holder that cannot be checked (%j) while its file is touched',
    async (holder) => {
      const { file } = await makeLock();
      await writeFile(file, holder);
      await expect(withFileLock(file, 100, async () => {})).rejects.toThrow(FileLockError);
      const longAgo = new Date(Date.now() - 11_000);
      await utimes(file, longAgo, longAgo);
      expect(await withFileLock(file, 1_000, async () => 'done')).toBe('done');
    },
  );

  it('is checked before a change is made, and the lock of a new holder stays', async () => {
    const { file } = await makeLock();
    const work = withFileLock(file, 1_000, async (checkHeld) => {
      await writeFile(file, `${ELSEWHERE} a call`);
      await checkHeld();
    });
    await expect(work).rejects.toThrow(FileLockError);
    expect(await readFile(file, 'utf8')).toBe(`${ELSEWHERE} a call`);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROCESS_IDENTITY } from '@gateway/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readIfExists, removeLeftOvers, replaceFile } from './atomic-file.ts';

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'atomic-file-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe('replacing a file', () => {
  it('writes a file that only its owner can read, whatever the mode of the old file', async () => {
    const directory = await makeDirectory();
    const file = join(directory, 'file');
    await writeFile(file, 'old', { mode: 0o644 });
    await replaceFile(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('leaves the old file and nothing else when it is cancelled', async () => {
    const directory = await makeDirectory();
    const file = join(directory, 'file');
    await writeFile(file, 'old');
    await expect(replaceFile(file, 'new', () => Promise.reject(new Error('called off')))).rejects.toThrow(
      'called off',
    );
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['file']);
  });
});

describe('reading a file that may not exist', () => {
  it('reads a file that appears after the first read failed', async () => {
    const file = join(await makeDirectory(), 'file');
    const read = async () => {
      try {
        return await readFile(file, 'utf8');
      } finally {
        await writeFile(file, 'new');
      }
    };
    expect(await readIfExists(file, read)).toBe('new');
  });
});

describe('removing temporary files', () => {
  it('removes the temporary files of processes that have ended, and keeps all others', async () => {
    const directory = await makeDirectory();
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'close');
    const [place] = PROCESS_IDENTITY.split('-');
    const random = '0123456789abcdef';
    const ofGone = `.${place}-${child.pid}-1-${random}.~tmp`;
    const ours = `.${PROCESS_IDENTITY}-${random}.~tmp`;
    const elsewhere = `.00000000-1-1-${random}.~tmp`;
    const elsewhereOld = `.00000000-2-1-${random}.~tmp`;
    const strangers = ['user123.session', '.hidden', 'notes~tmp'];
    for (const name of [ofGone, ours, elsewhere, elsewhereOld, ...strangers])
      await writeFile(join(directory, name), '');
    const longAgo = new Date(Date.now() - 11 * 60_000);
    await utimes(join(directory, elsewhereOld), longAgo, longAgo);
    await removeLeftOvers(directory, Date.now());
    expect(await readdir(directory)).toEqual([ours, elsewhere, ...strangers].sort());
  });
});

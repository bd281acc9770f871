import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings, silentLogger } from '@gateway/runtime';
import { expect, onTestFinished, test } from 'vitest';
import { openMediaStore } from './open-media-store.ts';
import { dropUnfinishedUploads } from './unfinished.ts';

test('at the start, bytes of uploads that a crash cut off are deleted, and those of others stay', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gateway-media-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const incomplete = join(dataDir, 'media', '.incomplete');
  await mkdir(incomplete, { recursive: true });
  for (const [name, age] of [
    ['left-behind', 180],
    ['in-progress', 60],
  ] as const) {
    await writeFile(join(incomplete, name), 'x');
    const written = Date.now() / 1_000 - age;
    await utimes(join(incomplete, name), written, written);
  }
  const media = await openMediaStore(parseSettings({ DATA_DIR: dataDir }));
  await dropUnfinishedUploads(media, silentLogger(), AbortSignal.abort());
  expect(await readdir(incomplete)).toEqual(['in-progress']);
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openMediaStore } from './open-media-store.ts';
import { mediaStoreTests } from './testing/compliance.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gateway-media-'));
});
afterEach(async () => {
  expect(await readdir(join(dataDir, 'media', '.incomplete'))).toEqual([]);
});
afterAll(() => rm(dataDir, { recursive: true }));

mediaStoreTests(() => openMediaStore(parseSettings({ DATA_DIR: dataDir })));

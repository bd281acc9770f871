import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSealingKey } from '@gateway/runtime';
import { openFileSessionStore } from '@gateway/sessions';
import { expect, onTestFinished, test } from 'vitest';

function makeImmutable(file: string, on: boolean): void {
  execFileSync('chattr', [on ? '+i' : '-i', file], { stdio: 'pipe' });
}

/** Needs root on Linux and a file system with immutable files. */
const canMakeImmutable = (() => {
  const directory = mkdtempSync(join(tmpdir(), 'immutable-'));
  const file = join(directory, 'file');
  writeFileSync(file, '');
  try {
    makeImmutable(file, true);
    makeImmutable(file, false);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true });
  }
})();

test
  .skipIf(!canMakeImmutable)
  .each(['telegram_sessions/alice.session', 'telegram_sessions/alice.peers', 'telegram_auth.json'])(
  'an immutable %s is reported before anything is changed (skipped if no file can be made immutable)',
  async (name) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'immutable-'));
    const file = join(dataDir, name);
    onTestFinished(() => {
      makeImmutable(file, false);
      rmSync(dataDir, { recursive: true });
    });
    const store = await openFileSessionStore({ dataDir, sealer: loadSealingKey({ dataDir }).sealer });
    await store.saveSession('alice', 'the session', null);
    await store.savePeers('alice', { peers: [], missing: [] });
    await store.checkWritable('alice');
    makeImmutable(file, true);
    await expect(store.checkWritable('alice')).rejects.toMatchObject({ failure: 'storage' });
    expect(await store.load('alice')).toMatchObject({ session: 'the session' });
    makeImmutable(file, false);
    await store.checkWritable('alice');
  },
);

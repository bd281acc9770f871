import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sealer } from '@gateway/runtime';
import { onTestFinished } from 'vitest';
import { openFileSessionStore } from '../file-session-store.ts';
import type { SessionStore } from '../session-store.ts';

export const KEY = randomBytes(32);

export async function makeDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'file-session-store-'));
}

/** A directory for one test, and stores in it. They are closed and removed after the test. */
export async function setUp() {
  const dataDir = await makeDirectory();
  const opened: SessionStore[] = [];
  onTestFinished(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await rm(dataDir, { recursive: true });
  });
  const open = async (sealer = new Sealer([KEY]), lockTimeoutMs = 15_000) => {
    const store = await openFileSessionStore({ dataDir, sealer, lockTimeoutMs });
    opened.push(store);
    return store;
  };
  const path = (...names: string[]) => join(dataDir, ...names);
  return {
    dataDir,
    open,
    path,
    authFile: path('telegram_auth.json'),
    sessionFile: path('telegram_sessions', 'user123.session'),
  };
}

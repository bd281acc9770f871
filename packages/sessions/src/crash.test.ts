import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sealer } from '@gateway/runtime';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openFileSessionStore } from './file-session-store.ts';
import type { SessionStore } from './session-store.ts';

const WRITER = fileURLToPath(new URL('testing/store-writer.ts', import.meta.url));
const KEY = randomBytes(32);

interface Writer {
  process: ChildProcess;
  /** The last round of each account that was reported as durable. */
  durable: Map<string, number>;
}

function startWriter(dataDir: string, prefix: string, rounds: number): Writer {
  const args = ['--import', 'tsx', WRITER, dataDir, KEY.toString('hex'), prefix, String(rounds)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const durable = new Map<string, number>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [userId = '', round] = line.split(' ');
      durable.set(userId, Number(round));
    }
  });
  return { process: child, durable };
}

async function setUp() {
  const dataDir = await mkdtemp(join(tmpdir(), 'session-store-crash-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  return { dataDir, open: () => openFileSessionStore({ dataDir, sealer: new Sealer([KEY]) }) };
}

/** The account's round, which must be the same in every file. */
async function roundOf(store: SessionStore, userId: string): Promise<number> {
  const account = await store.load(userId);
  const peers = await store.loadPeers(userId);
  const sessionRound = Number(/^(?:long session ){100}(\d+)$/.exec(account?.session ?? '')?.[1]);
  const peersRound = peers.missing[0]?.[1] ?? 0;
  expect([sessionRound - 1, sessionRound]).toContain(peersRound);
  if (account?.login?.kind === 'code')
    expect([sessionRound, sessionRound + 1]).toContain(account.login.sentAt);
  return sessionRound;
}

it(
  'leaves complete files and everything reported as durable when two writing processes are killed at any moment',
  { timeout: 200_000 },
  async () => {
    const { dataDir, open } = await setUp();
    for (let kill = 0; kill < 3; kill += 1) {
      const writers = [startWriter(dataDir, 'left', 1_000_000), startWriter(dataDir, 'right', 1_000_000)];
      const target = 3 + Math.floor(Math.random() * 5);
      await vi.waitFor(
        () => {
          for (const { durable } of writers) {
            expect(durable.size).toBe(10);
            expect(Math.min(...durable.values())).toBeGreaterThan(target);
          }
        },
        { timeout: 60_000, interval: 5 },
      );
      const ends = writers.map(({ process: child }) => once(child, 'close'));
      for (const { process: child } of writers) child.kill('SIGKILL');
      await Promise.all(ends);

      const store = await open();
      expect(await store.list()).toHaveLength(20);
      for (const [userId, round] of writers.flatMap(({ durable }) => [...durable])) {
        expect(await roundOf(store, userId), userId).toBeGreaterThanOrEqual(round);
        // The killed process left its lock file. It must not block the next write.
        await store.saveStatus(userId, {
          state: 'revoked',
          user: null,
          reason: 'after the kill',
          next_action: null,
        });
      }
      await store.close();
      const names = await readdir(dataDir, { recursive: true });
      expect(names.filter((name) => !/\.(json|session|peers)$|^telegram_sessions$/.test(name))).toEqual([]);
    }
  },
);

it('loses no change when two processes write at once', { timeout: 60_000 }, async () => {
  const { dataDir, open } = await setUp();
  const writers = [startWriter(dataDir, 'left', 20), startWriter(dataDir, 'right', 20)];
  const codes = await Promise.all(writers.map(({ process: child }) => once(child, 'close')));
  expect(codes.map(([code]) => code)).toEqual([0, 0]);
  const store = await open();
  const accounts = await Promise.all((await store.list()).map((userId) => store.load(userId)));
  expect(accounts).toHaveLength(20);
  for (const account of accounts)
    expect(account).toMatchObject({ login: null, status: { state: 'peer_limited', reason: 'round 20' } });
  await store.close();
});

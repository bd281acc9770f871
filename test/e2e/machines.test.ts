import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996626001';
const BOB = '+9996626002';

describe('several machines, with sessions in Redis', () => {
  let stack: Stack;
  let otherDisk: string;
  beforeAll(async () => {
    otherDisk = await mkdtemp(join(tmpdir(), 'gateway-machine-'));
    stack = await Stack.start({ SESSION_STORE: 'redis', SESSION_ENCRYPTION_KEY: 'one key for all machines' });
    for (const [userId, phone] of Object.entries({ alice: ALICE, bob: BOB }))
      await stack.signIn(userId, phone);
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await rm(otherDisk, { recursive: true, force: true });
  });

  test('no disk contains a session', async () => {
    expect((await readdir(stack.dataDir)).filter((name) => name.startsWith('telegram_'))).toEqual([]);
  });

  test('a login started on one machine is completed on another, and its account sends from there', async () => {
    const phone = '+9996626003';
    expect((await stack.api.startSignIn('carol', phone)).status).toBe(200);
    const other = stack.spawnWorker({ DATA_DIR: otherDisk });
    await other.ready;
    await stack.worker.end();
    stack.worker = other;
    const code = await stack.control.code(phone);
    await expect.poll(() => stack.api.verify('carol', { phone_code: code })).toMatchObject({ status: 200 });
    for (const userId of ['alice', 'bob', 'carol'])
      expect(await stack.api.send(userId, BOB, 'from the other machine')).toMatchObject({ status: 200 });
  });

  test('a machine with another key does not start, and says what to set', async () => {
    const stranger = stack.spawnWorker({
      DATA_DIR: otherDisk,
      SESSION_ENCRYPTION_KEY: 'another key altogether',
    });
    await expect(stranger.ready).rejects.toThrow(/SESSION_ENCRYPTION_KEY/);
  });

  test('a machine with another number of shards does not start, and says what to set', async () => {
    const stranger = stack.spawnWorker({ DATA_DIR: otherDisk, SHARDS: '5' });
    await expect(stranger.ready).rejects.toThrow(/SHARDS=4/);
  });

  test('disconnect leaves no session behind', async () => {
    await stack.api.post('/telegram/user/disconnect', { user_id: 'carol' });
    expect((await stack.api.status('carol')).body).toMatchObject({ authorized: false, state: 'none' });
  });
});

import { UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import { raiseFence, shardOf, writeAccountView } from '@gateway/queue';
import { parseSettings } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { accountChanges } from '../../apps/api/src/accounts/account-changes.ts';
import { QueueStage, SHARDS } from './queue-stage.ts';

const READY: AccountView = { ...UNKNOWN_ACCOUNT, state: 'ready' };
/** Longer than any test may take, so that a wait ends only by a change. */
const LONG_MS = 600_000;

describe('watched accounts', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  beforeEach(() => stage.nextAccount());
  afterAll(() => stage.close());

  const show = async (userId: string, view: AccountView) => {
    await raiseFence(stage.redis, userId, '1 worker');
    await writeAccountView(stage.redis, { shard: shardOf(userId, SHARDS), fence: '1 worker' }, userId, view);
  };
  const watch = async (userId = stage.userId) => {
    const watched = stage.producer.watchAccount(userId);
    onTestFinished(() => watched.close());
    await expect.poll(() => watched.arm()).toBe(true);
    const { signal } = new AbortController();
    return { arm: () => watched.arm(), changed: () => watched.changed(LONG_MS, signal) };
  };
  /** Watches as the API does. `next` resolves to the next state that it shows. */
  const watchShown = (userId: string) => {
    const stop = new AbortController();
    const context = { producer: stage.producer, settings: parseSettings({}) };
    const changes = accountChanges(context, userId, 50, stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await changes.return(undefined);
    });
    return async () => (await changes.next()).value;
  };

  test('a watch ends with a new view, a new message, and a message that a worker fetches', async () => {
    await show(stage.userId, READY);
    const { arm, changed } = await watch();
    const byView = changed();
    await show(stage.userId, { ...READY, reason: 'PAUSED' });
    expect(await byView).toBe(true);

    await arm();
    const byMessage = changed();
    await stage.add('1');
    expect(await byMessage).toBe(true);

    await arm();
    const byFetch = changed();
    await (await stage.owner()).next();
    expect(await byFetch).toBe(true);
  });

  test('a change between two waits is not missed, and one of another account is not noticed', async () => {
    const { arm, changed } = await watch();
    await stage.add('while nobody waits');
    expect(await changed()).toBe(true);
    await arm();
    const other = await watch('another-account');
    let isNoticed = false;
    void changed().then(() => {
      isNoticed = true;
    });
    await show('another-account', READY);
    expect(await other.changed()).toBe(true);
    expect(isNoticed).toBe(false);
  });

  test('a lost connection counts as a change, and the watch goes on with the next one', async () => {
    const { arm, changed } = await watch();
    const lost = changed();
    await stage.redis.client('KILL', 'TYPE', 'pubsub');
    expect(await lost).toBe(true);
    await expect.poll(arm).toBe(true);
    const again = changed();
    await stage.add('after it');
    expect(await again).toBe(true);
  });

  test('a watcher shows each change of the account and of its messages', async () => {
    const { userId } = stage;
    await show(userId, READY);
    const next = watchShown(userId);
    expect(await next()).toMatchObject({ account: { user_id: userId, state: 'ready' }, pending: [] });
    const [jobId] = await stage.add('1');
    expect(await next()).toMatchObject({ pending: [{ job_id: jobId, state: 'waiting' }] });
    await show(userId, { ...READY, state: 'frozen' });
    expect(await next()).toMatchObject({ account: { state: 'frozen' } });
  });

  test('200 watchers of accounts that do not change read nothing', async () => {
    const idle = Array.from({ length: 200 }, (_, index) => `idle-${index}`);
    const busy = `busy-${stage.userId}`;
    for (const userId of [...idle, busy]) await show(userId, READY);
    await watch(); // From here on Redis tracks keys, so that no watcher falls back to polling.
    await Promise.all(
      idle.map(async (userId) => {
        const next = watchShown(userId);
        await next();
        // Lets the watcher go on to wait.
        void next();
      }),
    );
    const next = watchShown(busy);
    await next();
    await stage.redis.config('RESETSTAT');
    // Each takes a second at least, in which a polling watcher would read.
    for (const reason of ['PAUSED', 'EXPORTED', 'PAUSED']) {
      await show(busy, { ...READY, reason });
      expect(await next()).toMatchObject({ account: { reason } });
    }
    const reads = await calls(['exists', 'get', 'lrange', 'zrange', 'zrevrange']);
    // About ten reads a change of the busy one. 200 polling watchers would make thousands.
    expect(reads).toBeLessThan(100);
    expect(reads).toBeGreaterThan(3);
  });

  const calls = async (commands: readonly string[]) => {
    const stats = await stage.redis.info('commandstats');
    return commands.reduce(
      (sum, command) => sum + Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0),
      0,
    );
  };
});

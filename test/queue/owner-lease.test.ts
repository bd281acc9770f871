import { beat, countLiveWorkers, openConsumerRedis, OwnerLease, type Redis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from '../env/redis-server.ts';

describe('the lease on the accounts', () => {
  let server: RedisServer;
  let redis: Redis;
  const leases: OwnerLease[] = [];
  const never = new AbortController().signal;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.url, silentLogger());
  });
  afterEach(async () => {
    await Promise.all(leases.splice(0).map((lease) => lease.release()));
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  function lease(options: { holder?: string; isGone?: boolean; onLost?: () => void } = {}): OwnerLease {
    const made = new OwnerLease({
      redis,
      logger: silentLogger(),
      holder: options.holder ?? 'somebody',
      isGone: () => options.isGone ?? false,
      onLost: options.onLost ?? (() => {}),
    });
    leases.push(made);
    return made;
  }

  test("is one worker's at a time, and the next one's as soon as it is given back", async () => {
    const first = lease();
    const second = lease();
    expect(await first.acquire(never)).toBe(true);
    expect(first.valid).toBe(true);
    const acquiring = second.acquire(never);
    expect(second.valid).toBe(false);
    await first.release();
    expect(first.valid).toBe(false);
    expect(await acquiring).toBe(true);
  });

  test('is taken over at once from a holder that is known to be gone', async () => {
    const gone = lease({ holder: 'a dead process' });
    await gone.acquire(never);
    const begun = performance.now();
    expect(await lease({ isGone: true }).acquire(never)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  test('is not waited for any longer once the wait is aborted', async () => {
    await lease().acquire(never);
    const abort = new AbortController();
    const acquiring = lease().acquire(abort.signal);
    abort.abort();
    expect(await acquiring).toBe(false);
  });

  test("counts as lost on our own clock while Redis is silent, before it can be another's", async () => {
    let lost = false;
    const held = lease({ onLost: () => (lost = true) });
    await held.acquire(never);
    server.signal('SIGSTOP');
    try {
      await expect.poll(() => lost, { timeout: 9_500 }).toBe(true);
      expect(held.valid).toBe(false);
    } finally {
      server.signal('SIGCONT');
    }
  }, 20_000);

  test('a worker counts as live while it beats', async () => {
    const stop = new AbortController();
    const beating = beat(redis, 'worker-1', stop.signal);
    await expect.poll(() => countLiveWorkers(redis)).toBe(1);
    stop.abort();
    await beating;
    expect(await countLiveWorkers(redis)).toBe(0);
  });
});

import { Producer } from '@gateway/queue';
import { parseRedisUrl, Sealer, silentLogger, type Settings } from '@gateway/runtime';
import { afterAll, beforeAll, vi } from 'vitest';
import { AccountOwner } from './account-owner.ts';
import { apiOver } from './test-api.ts';

/** The queues of the tests of one file. */
export interface RealQueues {
  readonly producer: Producer;
  readonly owner: AccountOwner;
  /** The API over the queues, until the test that has it made has ended. */
  api(settings?: Partial<Settings>): ReturnType<typeof apiOver<Producer>>;
}

/**
 * Queues in Redis for the tests of this file, and a worker in the hands of the tests, in a database that no other file
 * uses at the same time.
 */
export function useRealQueues(): RealQueues {
  let producer: Producer | undefined;
  let owner: AccountOwner | undefined;
  beforeAll(async () => {
    const url = databaseUrl();
    const sealer = new Sealer([Buffer.alloc(32, 7)]);
    owner = await AccountOwner.open(url, sealer);
    producer = new Producer({
      redisAddress: parseRedisUrl(url),
      shards: 1,
      retentionMs: 60_000,
      maxPending: 100,
      sealer,
      logger: silentLogger(),
    });
    const connecting = producer;
    await vi.waitFor(() => connecting.claimShards(), { timeout: 10_000 });
  });
  afterAll(async () => {
    await producer?.close();
    await owner?.close();
  });
  return {
    get producer() {
      return opened(producer);
    },
    get owner() {
      return opened(owner);
    },
    api: (settings) => apiOver(opened(producer), settings),
  };
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the queues are open only while tests run');
  return part;
}

/** Files that run at the same time have different pool ids. */
function databaseUrl(): string {
  const { REDIS_URL, VITEST_POOL_ID = '1' } = process.env;
  if (REDIS_URL === undefined)
    throw new Error('These tests need a Redis: run them by `npm test`, or set REDIS_URL.');
  return new URL(`/${VITEST_POOL_ID}`, REDIS_URL).href;
}

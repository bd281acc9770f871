import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assistant } from '@gateway/assistant';
import { Producer } from '@gateway/queue';
import { RedisProxy } from '@gateway/queue/testing';
import { parseRedisUrl, Sealer, silentLogger, type Settings } from '@gateway/runtime';
import { afterAll, beforeAll, vi } from 'vitest';
import { AccountOwner } from './account-owner.ts';
import { apiOver } from './test-api.ts';

/** The queues of the tests of one file. */
export interface RealQueues {
  readonly producer: Producer;
  readonly owner: AccountOwner;
  /** Between the producer and Redis; the owner does without it. */
  readonly proxy: RedisProxy;
  /** Settings of an API process over the same queues. */
  readonly environment: Record<string, string>;
  /** The API over the queues, until the test that calls this has ended. */
  api(settings?: Partial<Settings>, assistant?: Assistant | null): ReturnType<typeof apiOver>;
}

const KEY = Buffer.alloc(32, 7);

/**
 * Queues in Redis for the tests of this file, and a worker that the tests control, in a database that no other file
 * uses at the same time.
 */
export function useRealQueues(): RealQueues {
  let opened: Omit<RealQueues, 'api'> | undefined;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    if (opened === undefined) return;
    await opened.producer.close();
    await opened.owner.close();
    await opened.proxy[Symbol.asyncDispose]();
    await rm(String(opened.environment['DATA_DIR']), { recursive: true });
  });
  const queues = () => {
    if (opened === undefined) throw new Error('the queues are open only while tests run');
    return opened;
  };
  return {
    get producer() {
      return queues().producer;
    },
    get owner() {
      return queues().owner;
    },
    get proxy() {
      return queues().proxy;
    },
    get environment() {
      return queues().environment;
    },
    api: (settings, assistant) => apiOver(queues().producer, settings, assistant),
  };
}

async function open(): Promise<Omit<RealQueues, 'api'>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'api-test-'));
  const sealer = new Sealer([KEY]);
  const url = databaseUrl();
  const owner = await AccountOwner.open(url, sealer);
  const proxy = await RedisProxy.before(url);
  const producer = new Producer({
    redisAddress: parseRedisUrl(proxy.url),
    shards: 1,
    retentionMs: 60_000,
    maxPending: 1_000,
    sealer,
    logger: silentLogger(),
  });
  await vi.waitFor(() => producer.claimShards(), { timeout: 10_000 });
  const environment = {
    REDIS_URL: proxy.url,
    SHARDS: '1',
    DATA_DIR: dataDir,
    SESSION_ENCRYPTION_KEY: KEY.toString('hex'),
  };
  return { producer, owner, proxy, environment };
}

/** Files that run at the same time have different pool ids. */
function databaseUrl(): string {
  const { REDIS_URL, VITEST_POOL_ID = '1' } = process.env;
  if (REDIS_URL === undefined)
    throw new Error('These tests need a Redis: run them by `npm test`, or set REDIS_URL.');
  return new URL(`/${VITEST_POOL_ID}`, REDIS_URL).href;
}

import { EMPTY_SEND_STATE, UNKNOWN_ACCOUNT } from '@gateway/contracts';
import {
  AccountQueues,
  answerDoorbell,
  beat,
  claimShardCount,
  Fenced,
  noteAside,
  raiseFence,
  readAccountView,
  readSendState,
  ResultsPublisher,
  ringDoorbell,
  sayGone,
  SendConsumer,
  sharedBackend,
  ShardLease,
  shardOf,
  watchContact,
  writeAccountView,
  writeSendState,
} from '@gateway/queue';
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { RedisCluster } from '../env/redis-cluster.ts';

const SHARDS = 16;
/** Enough to come to lie on all nodes. */
const ACCOUNTS = Array.from({ length: 12 }, (_, index) => `account-${index}`);

describe('on a Redis Cluster of three nodes', () => {
  let servers: RedisCluster;
  let redis: Cluster;

  beforeAll(async () => {
    servers = await RedisCluster.start();
    redis = servers.connect();
    await vi.waitFor(() => expect(redis.status).toBe('ready'), { timeout: 10_000 });
    await claimShardCount(redis, SHARDS);
  }, 40_000);
  afterAll(async () => {
    redis.disconnect();
    await servers[Symbol.asyncDispose]();
  });

  test('shards are leased, renewed and given back', async () => {
    const contact = watchContact(redis);
    for (let shard = 0; shard < SHARDS; shard += 1) {
      const options = { redis, contact, shard, worker: 'worker-1', isGone: () => false };
      const lease = await ShardLease.acquire(options);
      expect(lease?.valid).toBe(true);
      expect(await lease?.renew()).toBe(true);
      expect(await ShardLease.acquire({ ...options, worker: 'worker-2' })).toBeNull();
      await lease?.release();
    }
    expect(await beat(redis, 'worker-1')).toEqual(['worker-1']);
    await sayGone(redis, 'worker-1');
  });

  test.each(ACCOUNTS)("%s's queue is worked off in order, under its fence", async (userId) => {
    const shard = shardOf(userId, SHARDS);
    const backend = sharedBackend(redis);
    const queue = new AccountQueues(redis, backend).of(userId);
    const fence = '1 worker';
    const message = { userId, recipient: 'me', linkPreview: true, requestId: 'r', digest: '' };
    await raiseFence(redis, userId, fence);
    await writeAccountView(redis, { shard, fence }, userId, { ...UNKNOWN_ACCOUNT, state: 'ready' });
    await writeSendState(redis, fence, userId, EMPTY_SEND_STATE);
    for (const text of ['1', '2', '3'])
      await queue.add('send', { ...message, text }, { jobId: `${text}.${userId}` });
    await ringDoorbell(redis, shard, userId);
    await answerDoorbell(redis, shard, userId, Date.now());

    const former = new SendConsumer(redis, backend, queue, userId, fence);
    const first = await former.next();
    if (first === null || first === 'strays') throw new Error('no job');
    await noteAside(redis, userId, [
      { jobId: first.jobId, hold: { reason: 'SLOWMODE_WAIT', until: Date.now() } },
    ]);
    await raiseFence(redis, userId, '2 worker');
    await expect(writeSendState(redis, fence, userId, EMPTY_SEND_STATE)).rejects.toThrow(Fenced);
    const owner = new SendConsumer(redis, backend, queue, userId, '2 worker');
    let recovered: unknown;
    await owner.recover(async (jobs) => {
      recovered = jobs;
    });
    expect(recovered).toMatchObject([{ jobId: first.jobId, wasAside: true }]);
    const results = new ResultsPublisher(redis, backend);
    for (const text of ['1', '2', '3']) {
      const job = await owner.next();
      if (job === null || job === 'strays') throw new Error('no job');
      expect(job.data.text).toBe(text);
      await job.note({ sent: [] });
      await job.complete({ message_id: 1, date: '2024-01-15T12:00:00Z' });
      await results.finished(shard, job.jobId);
    }
    expect(await readAccountView(redis, userId, Date.now())).toMatchObject({ state: 'ready' });
    expect(await readSendState(redis, userId)).toEqual(EMPTY_SEND_STATE);
  });

  test('the accounts lie on all nodes', async () => {
    const sizes = await Promise.all(redis.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });
});

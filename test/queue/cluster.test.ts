import { EMPTY_SEND_STATE, GatewayError, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import {
  AccountQueues,
  clearDueAccount,
  sendHeartbeat,
  claimShardCount,
  countPending,
  EventReader,
  Fenced,
  Inbox,
  MemoryWatch,
  moveCursor,
  openCursor,
  readLags,
  receivingOf,
  writeHeldJobs,
  raiseFence,
  readAccountView,
  readSendState,
  removeWorker,
  AccountConsumer,
  sharedBackend,
  ShardLease,
  shardOf,
  watchContact,
  writeAccountView,
  writeSendState,
  type Cursor,
} from '@gateway/queue';
import { Sealer } from '@gateway/runtime';
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EnqueueScript } from '../../packages/queue/src/enqueue/enqueue-script.ts';
import { enqueueSends } from '../../packages/queue/src/enqueue/enqueue-sends.ts';
import { placeJob } from '../../packages/queue/src/enqueue/place-job.ts';
import { dueAccountsKey } from '../../packages/queue/src/keys.ts';
import { newCall } from '../../packages/queue/src/redis/redis-calls.ts';
import { BOB, newMessage } from '../env/incoming.ts';
import { RedisCluster } from '../env/redis-cluster.ts';
import { newSend, type TestSend } from './queue-stage.ts';

const SHARDS = 16;
const HOUR = 3_600_000;
const READY: AccountView = { ...UNKNOWN_ACCOUNT, state: 'ready' };
const HELD: AccountView = { ...READY, hold: { reason: 'FLOOD_WAIT', until: Date.now() + HOUR } };
const MESSAGE = { recipient: 'me', linkPreview: true, requestId: 'r' };
const MAX_PENDING = 4;
/** Enough accounts to use all nodes. */
const ACCOUNTS = Array.from({ length: 12 }, (_, index) => `account-${index}`);

describe('on a Redis Cluster of three nodes', () => {
  let servers: RedisCluster;
  let redis: Cluster;
  let script: EnqueueScript;

  beforeAll(async () => {
    servers = await RedisCluster.start();
    redis = servers.connect();
    await vi.waitFor(() => expect(redis.status).toBe('ready'), { timeout: 10_000 });
    await claimShardCount(redis, SHARDS);
    script = new EnqueueScript(redis, MAX_PENDING, null);
  }, 40_000);
  afterAll(async () => {
    redis.disconnect();
    await servers[Symbol.asyncDispose]();
  });

  test('shards are leased, renewed and released', async () => {
    const contact = watchContact(redis);
    for (let shard = 0; shard < SHARDS; shard += 1) {
      const options = { redis, contact, shard, worker: 'worker-1', isGone: () => false };
      const lease = await ShardLease.acquire(options);
      expect(lease?.valid).toBe(true);
      expect(await lease?.renew()).toBe(true);
      expect(await ShardLease.acquire({ ...options, worker: 'worker-2' })).toBeNull();
      await lease?.release();
    }
    expect(await sendHeartbeat(redis, 'worker-1')).toEqual(['worker-1']);
    await removeWorker(redis, 'worker-1');
  });

  /** Publishes an account, and returns a function that enqueues its messages as the producer does. */
  async function open(userId: string, view: AccountView) {
    const shard = shardOf(userId, SHARDS);
    const backend = sharedBackend(redis);
    const accounts = new AccountQueues(redis, backend);
    const fence = '1 worker';
    await raiseFence(redis, userId, fence);
    const show = (shown: AccountView) => writeAccountView(redis, { shard, fence }, userId, shown);
    await show(view);
    const admitted: AccountView[] = [];
    const enqueue = async (text: string, details: Pick<TestSend, 'sendAt' | 'idempotencyKey'> = {}) => {
      const [outcome] = await enqueueSends(
        [placeJob(newSend({ job: { ...MESSAGE, userId, text }, ...details }), shard)],
        (asked) => void admitted.push(asked),
        { redis, accounts, script, shards: SHARDS, maxPending: MAX_PENDING, retentionMs: 60_000 },
        newCall(),
      );
      if (outcome === undefined || outcome instanceof GatewayError) throw GatewayError.from(outcome);
      return outcome.view;
    };
    return { shard, backend, queue: accounts.of(userId), fence, show, admitted, enqueue };
  }

  test.each(ACCOUNTS)("%s's messages are enqueued by its view, once, and up to its limit", async (name) => {
    const userId = `accepting-${name}`;
    const { show, admitted, enqueue } = await open(userId, HELD);
    expect(await enqueue('1')).toEqual(HELD);
    await show(READY);
    expect(await enqueue('2')).toEqual(READY);
    // The second message was checked against the cached view, and then against the current one.
    expect(admitted).toEqual([HELD, HELD, READY]);
    for (const _ of ['new', 'repeated']) await enqueue('3', { idempotencyKey: 'key' });
    await expect(enqueue('another', { idempotencyKey: 'key' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    await show(HELD);
    const sendAt = Date.now() + HOUR;
    expect(await enqueue('later', { sendAt })).toEqual(HELD);
    for (const details of [{}, { sendAt }])
      await expect(enqueue('one more', details)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(await countPending(redis, userId)).toEqual({ waiting: 3, delayed: 1, active: 0 });
  });

  test.each(ACCOUNTS)("%s's queue is processed in order, under its fence", async (userId) => {
    const { shard, backend, queue, fence, enqueue } = await open(userId, READY);
    await writeSendState(redis, fence, userId, EMPTY_SEND_STATE);
    for (const text of ['1', '2', '3']) await enqueue(text);
    const dueAt = () => redis.zscore(dueAccountsKey(shard), userId);
    await expect.poll(dueAt).toBe('0');
    await clearDueAccount(redis, shard, userId, Date.now());
    expect(await dueAt()).toBeNull();

    const former = new AccountConsumer(redis, backend, queue, userId, fence);
    const first = await former.next();
    if (first === 'needs_recovery' || !('action' in first)) throw new Error('no job');
    await writeHeldJobs(redis, userId, [
      { jobId: first.jobId, hold: { reason: 'SLOWMODE_WAIT', until: Date.now() } },
    ]);
    await raiseFence(redis, userId, '2 worker');
    await expect(writeSendState(redis, fence, userId, EMPTY_SEND_STATE)).rejects.toThrow(Fenced);
    const owner = new AccountConsumer(redis, backend, queue, userId, '2 worker');
    let recovered: unknown;
    await owner.recover(async (jobs) => {
      recovered = jobs;
    });
    expect(recovered).toMatchObject([{ jobId: first.jobId, wasHeld: true }]);
    for (const text of ['1', '2', '3']) {
      const job = await owner.next();
      if (job === 'needs_recovery' || !('action' in job)) throw new Error('no job');
      expect(job.data['text']).toBe(text);
      await job.saveProgress({ sent: [] });
      await job.complete({ message_id: 1, date: '2024-01-15T12:00:00Z' });
    }
    expect(await readAccountView(redis, userId, Date.now())).toMatchObject({ state: 'ready' });
    expect(await readSendState(redis, userId)).toEqual(EMPTY_SEND_STATE);
  });

  test.each(ACCOUNTS)(
    "%s's events are appended, read, and taken by a webhook, under its fence",
    async (name) => {
      const userId = `receiving-${name}`;
      const fence = '1 worker';
      await raiseFence(redis, userId, fence);
      const sealer = new Sealer([Buffer.alloc(32, 7)]);
      const limits = { max: 2, maxBytes: 1_000_000, retentionMs: HOUR };
      const memory = new MemoryWatch(redis);
      await memory.ask();
      const inbox = new Inbox({ redis, shards: SHARDS, sealer, isSealed: true, limits, memory });
      const webhook = { id: 'wh_1', createdAt: 0 };
      const seq = { start: 0, limit: 10_000 };
      const events = [1, 2, 3].map((id) => newMessage(BOB, id));
      await inbox.append(userId, fence, { events, seq, state: { set: { pts: '3' } } });
      expect(await inbox.readState(userId)).toEqual({ pts: '3' });
      const page = await new EventReader(redis, sealer, Infinity).read(userId, 1, 10);
      expect(page).toMatchObject({
        lastSeq: 3,
        oldestSeq: 2,
        isGone: false,
        events: [{ seq: 2 }, { seq: 3 }],
      });
      // The first event is dropped already, and newer than the webhook: what comes next is a gap.
      expect(await openCursor(redis, userId, fence, webhook)).toEqual({ seq: 0, tries: null });
      const tries = { attempts: 1, since: 5 };
      const move = (from: number, to: Cursor) =>
        moveCursor(redis, userId, fence, { webhookId: webhook.id, from, to });
      expect(await move(0, { seq: 2, tries })).toBe(true);
      expect(await move(0, { seq: 1, tries: null })).toBe(false);
      expect(await openCursor(redis, userId, fence, webhook)).toEqual({ seq: 2, tries });
      expect(await readLags(redis, userId)).toEqual({ lastSeq: 3, taken: new Map([['wh_1', 2]]) });
      await raiseFence(redis, userId, '2 worker');
      await expect(inbox.append(userId, fence, { events, seq })).rejects.toThrow(Fenced);
      await expect(inbox.forget(userId, fence)).rejects.toThrow(Fenced);
      await expect(move(2, { seq: 3, tries: null })).rejects.toThrow(Fenced);
      await inbox.forget(userId, '2 worker');
      expect(await receivingOf(redis, userId)).toMatchObject({ last_seq: 3, oldest_seq: 4 });
    },
  );

  test('all nodes have accounts', async () => {
    const sizes = await Promise.all(redis.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });
});

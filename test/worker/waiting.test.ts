import { randomBytes } from 'node:crypto';
import {
  clearDueAccount,
  openConsumerRedis,
  type Producer,
  readQueueDepth,
  type RedisClient,
} from '@gateway/queue';
import { Sealer, silentLogger } from '@gateway/runtime';
import type { SessionStore } from '@gateway/sessions';
import type { Telegram } from '@gateway/telegram';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readHistory } from '../../packages/queue/src/views/history.ts';
import { openProducer } from '../env/producer.ts';
import { RedisServer } from '../env/redis-server.ts';
import { Connections, OneWorker, storeWith } from './one-worker.ts';

const sealer = new Sealer([randomBytes(32)]);
const ALICE = 'alice';
const HOUR = 3_600_000;

describe('pending messages', () => {
  let server: RedisServer;
  let redis: RedisClient;
  let producer: Producer;
  let telegram: Connections;
  beforeEach(async () => {
    server = await RedisServer.start();
    const logger = silentLogger();
    redis = openConsumerRedis(server.address, logger);
    producer = await openProducer(server.address, { shards: 1, sealer });
    telegram = new Connections();
  });
  afterEach(async () => {
    await producer.close();
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  /** @returns the job's id. */
  async function send(userId: string, sendAt?: number): Promise<string> {
    const message = { userId, recipient: 'me', text: 'x', linkPreview: true, requestId: 'r' };
    const { jobId, wait } = await producer.enqueue({ name: 'send', data: message, sendAt }, () => {});
    wait.cancel();
    return jobId;
  }

  async function sent(jobId: string): Promise<void> {
    await expect.poll(async () => (await producer.job(jobId))?.state).toBe('completed');
  }

  function worker(store = storeWith([ALICE]), over = telegram.telegram('worker')): OneWorker {
    return new OneWorker(server.url, store, over, sealer);
  }

  /** A fake Telegram that accepts no message before `gate` opens. */
  function heldBy(gate: Promise<void>): Telegram {
    const free = telegram.telegram('worker');
    return {
      ...free,
      open: (...args) => {
        const client = free.open(...args);
        return {
          ...client,
          run: (name, options) => gate.then(() => client.run(name, options)),
        };
      },
    };
  }

  /** The counts as gauges and history read them. */
  async function told({ accountCounts, history }: OneWorker, userId: string) {
    const [shard] = accountCounts.takeShards();
    const gauges = await readQueueDepth(redis, 0, shard ?? { busy: [] });
    await history.write();
    const points = await readHistory(redis, userId, Date.now(), Date.now());
    return { gauges, waiting: points.at(-1)?.waiting };
  }

  test('are counted by the lane while it has any; accounts without any cause no reads', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    await using one = worker(storeWith([ALICE]), heldBy(gate));
    await one.ownership.ready;
    const jobId = await send(ALICE);
    await expect.poll(() => [...one.accountCounts.busy()]).toEqual([ALICE]);
    // The lane is busy once it is woken, a little before it fetches the job.
    await expect.poll(() => told(one, ALICE)).toMatchObject({ gauges: { active: 1 }, waiting: 1 });
    open();
    await sent(jobId);
    await expect.poll(() => [...one.accountCounts.busy()]).toEqual([]);
    expect(await told(one, ALICE)).toMatchObject({ gauges: { active: 0, waiting: 0 }, waiting: 0 });
  });

  test('with a send_at are known to the next worker, although an earlier due time has replaced theirs', async () => {
    await using first = worker();
    await first.ownership.ready;
    for (let times = 0; times < 3; times += 1) await send(ALICE, Date.now() + HOUR);
    await sent(await send(ALICE));
    await expect.poll(() => redis.zcard('{shard-0}:doorbell')).toBe(0);
    expect(await told(first, ALICE)).toMatchObject({ gauges: { delayed: 3 }, waiting: 3 });
    await first[Symbol.asyncDispose]();

    await using second = worker();
    await second.ownership.ready;
    await expect.poll(() => [...second.accountCounts.busy()]).toEqual([ALICE]);
    expect(await told(second, ALICE)).toMatchObject({ gauges: { waiting: 0, delayed: 3 }, waiting: 3 });
  });

  test('of an account that cannot be opened are counted, with their age', async () => {
    await redis.sadd('{shard-0}:accounts', 'broken');
    await send('broken');
    await expect.poll(() => redis.zcard('{shard-0}:doorbell')).toBe(1);
    await clearDueAccount(redis, 0, 'broken', Date.now());
    const whole = storeWith([ALICE]);
    const store: SessionStore = {
      ...whole,
      ownedBy: () => store,
      load: async (userId) => {
        if (userId === 'broken') throw new Error('cannot be read');
        return whole.load(userId);
      },
    };
    await using one = worker(store);
    await one.ownership.ready;
    await expect.poll(() => [...one.accountCounts.busy()]).toEqual(['broken']);
    const { gauges, waiting } = await told(one, 'broken');
    expect(gauges).toMatchObject({ waiting: 1, delayed: 0, active: 0 });
    expect(gauges.oldestAt).toBeLessThanOrEqual(Date.now());
    expect(waiting).toBe(1);
  });
});

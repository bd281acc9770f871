import { HISTORY_STEP_MS, openConsumerRedis, type RedisClient } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { History } from '../../apps/worker/src/metrics/history.ts';
import { readHistory } from '../../packages/queue/src/views/history.ts';
import { RedisServer } from '../env/redis-server.ts';

describe('the history that a worker writes', () => {
  let server: RedisServer;
  let redis: RedisClient;
  /** Pending messages by account. */
  let waiting: Record<string, number>;
  let busy: Set<string>;
  let asked: string[];
  let now: number;
  let history: History;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.address, silentLogger());
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await redis.flushall();
    [waiting, busy, asked, now] = [{}, new Set(), [], Date.UTC(2026, 0, 1)];
    history = new History({
      redis,
      metrics: { sent: () => {}, failed: () => {}, held: () => {} },
      busy: () => busy,
      waiting: async (userId) => {
        asked.push(userId);
        return waiting[userId] ?? 0;
      },
      now: () => now,
    });
  });

  /** Writes the history in a new step. @returns the account's value; `undefined` if nothing was written. */
  async function written(userId: string) {
    now += HISTORY_STEP_MS;
    asked = [];
    await history.write();
    const keys = await redis.keys(`{acct-${userId}}:history:*`);
    const slots = await Promise.all(keys.map((key) => redis.hgetall(key)));
    const step = Math.floor(now / HISTORY_STEP_MS) % 32;
    if (!slots.some((slot) => `${step}w` in slot)) return undefined;
    const [point] = await readHistory(redis, userId, now, now);
    return point;
  }

  test('contains pending messages, a final 0, and then causes no reads', async () => {
    const lane = history.of('alice');
    lane.sent(1);
    busy.add('alice');
    waiting['alice'] = 5;
    expect(await written('alice')).toMatchObject({ sent: 1, waiting: 5 });
    busy.delete('alice');
    waiting['alice'] = 0;
    expect(await written('alice')).toMatchObject({ sent: 0, waiting: 0 });
    expect(await written('alice')).toBeUndefined();
    expect(asked).toEqual([]);
    lane.sent(1);
    expect(await written('alice')).toMatchObject({ sent: 1, waiting: 0 });
    expect(asked).toEqual([]);
  });

  test('contains pending messages of an account without a lane', async () => {
    busy.add('alice');
    waiting['alice'] = 5;
    expect(await written('alice')).toMatchObject({ waiting: 5 });
    expect(await written('alice')).toMatchObject({ waiting: 5 });
    busy.delete('alice');
    waiting['alice'] = 0;
    expect(await written('alice')).toMatchObject({ waiting: 0 });
    expect(await written('alice')).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('gets no 0 for an account that moved to another worker', async () => {
    history.of('alice').sent(1);
    busy.add('bob');
    waiting = { alice: 3, bob: 5 };
    await history.write();
    history.of('carol').sent(1);
    waiting['carol'] = 7;
    for (const userId of ['alice', 'carol']) history.leave(userId);
    busy.clear();
    now += HISTORY_STEP_MS;
    await history.write();
    const of = async (userId: string) => (await readHistory(redis, userId, now, now))[0]?.waiting;
    expect([await of('bob'), await of('carol')]).toEqual([5, 7]);
    for (const userId of ['alice', 'bob', 'carol']) expect(await written(userId)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('continues when a lane is opened again', async () => {
    history.of('alice').sent(1);
    history.leave('alice');
    const lane = history.of('alice');
    lane.failed('INTERNAL');
    expect(await written('alice')).toMatchObject({ sent: 1, failed: 1 });
    lane.sent(1);
    expect(await written('alice')).toMatchObject({ sent: 1, failed: 0 });
  });
});

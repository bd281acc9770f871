import { addHistory, HISTORY_STEP_MS, openConsumerRedis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHistory } from '../../packages/queue/src/views/history.ts';
import { RedisServer } from '../env/redis-server.ts';

let server: RedisServer;
let redis: ReturnType<typeof openConsumerRedis>;
beforeAll(async () => {
  server = await RedisServer.start();
  redis = openConsumerRedis(server.address, silentLogger());
});
afterAll(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

const NOON = Date.UTC(2026, 0, 1, 12);
const QUIET = { sent: 0, failed: 0, heldMs: 0, waiting: 0 };

test('a history adds up samples within a step, separately for each account', async () => {
  const add = (at: number, sample: Partial<typeof QUIET>, userId = 'alice') =>
    addHistory(redis, [{ userId, ...QUIET, ...sample }], at);
  await add(NOON - 6 * 3_600_000, { sent: 7 });
  await add(NOON, { sent: 2, heldMs: 1_400, waiting: 9 });
  await add(NOON + 1_000, { sent: 3, failed: 1, heldMs: 1_300, waiting: 4 });
  await add(NOON + HISTORY_STEP_MS, { waiting: 1 });
  await add(NOON, { sent: 100 }, 'bob');
  const points = await readHistory(redis, 'alice', NOON - 6 * 3_600_000, NOON + HISTORY_STEP_MS);
  expect(points).toHaveLength(74);
  expect(points[0]).toMatchObject({ at: '2026-01-01T06:00:00.000Z', sent: 7, waiting: 0 });
  expect(points.at(-2)).toEqual({
    at: '2026-01-01T12:00:00.000Z',
    sent: 5,
    failed: 1,
    waiting: 4,
    held_seconds: 3,
  });
  expect(points.at(-1)).toMatchObject({ sent: 0, waiting: 1 });
  expect(points.reduce((sum, { sent }) => sum + sent, 0)).toBe(12);
});

test('a day of a busy account takes little memory, and expires', async () => {
  for (let at = NOON - 86_400_000; at < NOON; at += HISTORY_STEP_MS)
    await addHistory(redis, [{ userId: 'busy', sent: 60, failed: 1, heldMs: 20_000, waiting: 1_000 }], at);
  const keys = await redis.keys('{acct-busy}:history:*');
  const sizes = await Promise.all(keys.map(async (key) => Number(await redis.memory('USAGE', key))));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(30_000);
  for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(0);
});

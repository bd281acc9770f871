import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { expect, test, vi } from 'vitest';
import { RedisCalls } from './redis-calls.ts';

test('a call that Redis is not there for is not begun, and leaves nothing to be taken back when it comes', async () => {
  const redis = Object.assign(new EventEmitter(), { status: 'reconnecting' });
  const calls = new RedisCalls(redis as unknown as Redis);
  const [commands, undo] = [vi.fn(async () => 'done'), vi.fn(async () => {})];
  await expect(calls.run(commands, undo)).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    details: { retryAfter: 1 },
  });
  redis.status = 'ready';
  redis.emit('ready');
  expect(await calls.run(commands, undo)).toBe('done');
  expect(commands).toHaveBeenCalledTimes(1);
  expect(undo).not.toHaveBeenCalled();
});

test('what a call that failed may have done is taken back, and again where that fails, until it is done', async () => {
  const redis = Object.assign(new EventEmitter(), { status: 'ready' });
  const calls = new RedisCalls(redis as unknown as Redis);
  const undo = vi.fn(async () => {}).mockRejectedValueOnce(new Error('Redis is away again'));
  const lost = Promise.reject(new Error('Connection is closed.'));
  await expect(calls.run(() => lost, undo)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  await expect.poll(() => undo.mock.calls.length).toBe(1);
  for (const calledBy of [2, 2]) {
    redis.emit('ready');
    await expect.poll(() => undo.mock.calls.length).toBe(calledBy);
  }
});

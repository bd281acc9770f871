import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { expect, test, vi } from 'vitest';
import { TooLate } from './deadline.ts';
import { RedisCalls } from './redis-calls.ts';
import type { RedisClock } from './redis-clock.ts';

function open(status = 'ready', clock: Partial<RedisClock> = { isFresh: true }) {
  const redis = Object.assign(new EventEmitter(), { status });
  return { redis, calls: new RedisCalls(redis as unknown as Redis, clock as RedisClock) };
}

test('a change that Redis is not there for is not begun, and leaves nothing to be withdrawn', async () => {
  const { redis, calls } = open('reconnecting');
  const [commands, withdraw] = [vi.fn(async () => 'done'), vi.fn(async () => {})];
  await expect(calls.change(commands, withdraw)).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'retryable',
    details: { retryAfter: 1 },
  });
  redis.status = 'ready';
  redis.emit('ready');
  expect(await calls.change(commands, withdraw)).toBe('done');
  expect(commands).toHaveBeenCalledTimes(1);
  expect(withdraw).not.toHaveBeenCalled();
});

test('a change is not begun while Redis does not answer: it certainly did nothing', async () => {
  let answer = () => {};
  const contact = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { calls } = open('ready', { isFresh: false, contact: () => contact });
  const commands = vi.fn(async () => 'done');
  await expect(calls.change(commands)).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'retryable',
  });
  answer();
  await contact;
  expect(commands).not.toHaveBeenCalled();
});

test('a change that was begun and not answered is in doubt; it is withdrawn, and again where that fails', async () => {
  const { redis, calls } = open();
  const withdraw = vi.fn(async () => {}).mockRejectedValueOnce(new Error('Redis is away again'));
  const lost = Promise.reject(new Error('Connection is closed.'));
  await expect(calls.change(() => lost, withdraw)).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'unknown_outcome',
  });
  await expect.poll(() => withdraw.mock.calls.length).toBe(1);
  for (const calledBy of [2, 2]) {
    redis.emit('ready');
    await expect.poll(() => withdraw.mock.calls.length).toBe(calledBy);
  }
});

test.each([
  ['that came too late', new TooLate()],
  ['that Redis refused', Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' })],
])('a change %s did nothing for certain', async (_what, error) => {
  const { calls } = open();
  const withdraw = vi.fn(async () => {});
  await expect(calls.change(() => Promise.reject(error), withdraw)).rejects.toMatchObject({
    kind: 'retryable',
  });
  expect(withdraw).not.toHaveBeenCalled();
});

test('an outage is reported, once Redis has not answered for as long as a call waits', async () => {
  const contact = vi.fn(() => Promise.reject(new Error('Connection is closed.')));
  const { calls } = open('reconnecting', { contact });
  expect(await calls.outage(new AbortController().signal)).toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'unknown_outcome',
  });
  expect(contact.mock.calls.length).toBeGreaterThan(1);
});

test('a short outage is not reported', async () => {
  const contact = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error('Connection is closed.'));
  const { calls } = open('ready', { contact });
  const ended = new AbortController();
  const report = calls.outage(ended.signal);
  // Longer than an outage may last, if nothing had answered.
  await expect.poll(() => contact.mock.calls.length, { timeout: 10_000 }).toBe(9);
  ended.abort();
  expect(await report).toBeNull();
});

test('a watch for outages ends with its signal', async () => {
  const { calls } = open('ready', { contact: () => Promise.resolve() });
  const ended = new AbortController();
  const report = calls.outage(ended.signal);
  ended.abort();
  expect(await report).toBeNull();
});

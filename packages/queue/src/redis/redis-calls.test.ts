import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TooLate } from './deadline.ts';
import { RedisCalls } from './redis-calls.ts';
import type { RedisClock } from './redis-clock.ts';

function open(status = 'ready', clock: Partial<RedisClock> = { isFresh: () => true }) {
  const redis = Object.assign(new EventEmitter(), { status });
  return { redis, calls: new RedisCalls(redis as unknown as Redis, clock as RedisClock) };
}

test('a change is not started while Redis is away, and is not withdrawn later', async () => {
  const { redis, calls } = open('reconnecting');
  const [commands, withdraw] = [vi.fn(async () => 'done'), vi.fn(async () => {})];
  await expect(calls.change('key', commands, withdraw)).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'retryable',
    details: { retryAfter: 1 },
  });
  redis.status = 'ready';
  redis.emit('ready');
  expect(await calls.change('key', commands, withdraw)).toBe('done');
  expect(commands).toHaveBeenCalledTimes(1);
  expect(withdraw).not.toHaveBeenCalled();
});

test('a change is not started while Redis does not answer, so its error is retryable', async () => {
  let answer = () => {};
  const contact = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { calls } = open('ready', { isFresh: () => false, contact: () => contact });
  const commands = vi.fn(async () => 'done');
  await expect(calls.change('key', commands)).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'retryable',
  });
  answer();
  await contact;
  expect(commands).not.toHaveBeenCalled();
});

test('a change without an answer has an unknown outcome and is withdrawn, repeatedly if that fails', async () => {
  const { redis, calls } = open();
  const withdraw = vi.fn(async () => {}).mockRejectedValueOnce(new Error('Redis is away again'));
  const lost = Promise.reject(new Error('Connection is closed.'));
  await expect(calls.change('key', () => lost, withdraw)).rejects.toMatchObject({
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
  ['that reached Redis too late', new TooLate()],
  ['that Redis refused', Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' })],
])('a change %s had no effect, so its error is retryable', async (_what, error) => {
  const { calls } = open();
  const withdraw = vi.fn(async () => {});
  await expect(calls.change('key', () => Promise.reject(error), withdraw)).rejects.toMatchObject({
    kind: 'retryable',
  });
  expect(withdraw).not.toHaveBeenCalled();
});

test('the caller of a Redis that never answers has its error less than 2 s after the call', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { calls } = open('ready', { isFresh: () => false, contact: () => new Promise(() => {}) });
  const never = () => new Promise<never>(() => {});
  const errors: unknown[] = [];
  for (const call of [calls.read(never), calls.change('key', never)])
    call.catch((error: unknown) => errors.push(error));
  await vi.advanceTimersByTimeAsync(1_999);
  const message = expect.stringContaining('did not answer in time');
  expect(errors).toMatchObject([
    { code: 'QUEUE_UNAVAILABLE', message },
    { code: 'QUEUE_UNAVAILABLE', message },
  ]);
});

test('an outage is reported once Redis has not answered within the timeout of a call', async () => {
  const contact = vi.fn(() => Promise.reject(new Error('Connection is closed.')));
  const { calls } = open('reconnecting', { contact });
  expect(await calls.outage('key', new AbortController().signal)).toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'unknown_outcome',
  });
  expect(contact.mock.calls.length).toBeGreaterThan(1);
});

test('a short outage is not reported', async () => {
  const contact = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error('Connection is closed.'));
  const { calls } = open('ready', { contact });
  const ended = new AbortController();
  const report = calls.outage('key', ended.signal);
  // Nine checks take longer than the timeout of an outage.
  await expect.poll(() => contact.mock.calls.length, { timeout: 10_000 }).toBe(9);
  ended.abort();
  expect(await report).toBeNull();
});

test('the wait for an outage ends when its signal is aborted', async () => {
  const { calls } = open('ready', { contact: () => Promise.resolve() });
  const ended = new AbortController();
  const report = calls.outage('key', ended.signal);
  ended.abort();
  expect(await report).toBeNull();
});

import { GatewayError } from '@gateway/contracts';
import { parseSettings, silentLogger } from '@gateway/runtime';
import { createApiMetrics } from '@gateway/telemetry';
import { expect, test } from 'vitest';
import { FakeProducer, JOB_ID } from '../testing/fake-producer.ts';
import { NO_MEDIA } from '../testing/no-media.ts';
import { runInteractive } from './interactive.ts';

function setup(signal = new AbortController().signal) {
  const producer = new FakeProducer();
  const context = {
    settings: { ...parseSettings({}), AUTH_WAIT_MS: 5_000 },
    producer,
    assistant: null,
    board: null,
    media: NO_MEDIA,
    metrics: createApiMetrics(),
    logger: silentLogger(),
    stopping: new AbortController().signal,
  };
  const call = { name: 'auth.cancel', userId: 'user1', payload: {}, requestId: 'r1', signal } as const;
  return { producer, run: () => runInteractive(context, call) };
}

test('a job that ends in time gives its result', async () => {
  const { producer, run } = setup();
  producer.onWait = () => {
    producer.controlResults['auth.cancel'] = {};
    return { end: 'finished' };
  };
  const before = Date.now();
  expect(await run()).toEqual({ jobId: JOB_ID, result: {} });
  const expiresIn = (producer.added[0]?.expiresAt ?? 0) - before;
  expect(expiresIn).toBeGreaterThanOrEqual(5_000);
  expect(expiresIn).toBeLessThan(6_000);
  expect(producer.waits).toEqual([5_000]);
  expect(producer.withdrawn).toEqual([]);
  expect(producer.openWaits).toBe(0);
});

test('a job that nobody begins is withdrawn', async () => {
  const { producer, run } = setup();
  await expect(run()).rejects.toMatchObject({ code: 'WORKER_UNAVAILABLE', details: { jobId: JOB_ID } });
  expect(producer.withdrawn).toEqual([JOB_ID]);
  expect(producer.openWaits).toBe(0);
});

test('a job that was begun is waited for, 60 s in all', async () => {
  const { producer, run } = setup();
  producer.begun = true;
  producer.onWait = () => {
    if (producer.waits.length === 2) producer.controlResults['auth.cancel'] = {};
    return { end: 'timeout' };
  };
  expect(await run()).toEqual({ jobId: JOB_ID, result: {} });
  expect(producer.waits[1]).toBeGreaterThan(58_000);
  expect(producer.waits[1]).toBeLessThanOrEqual(60_000);
});

test('a job that does not end in 60 s has an unknown outcome, to be read by its id', async () => {
  const { producer, run } = setup();
  producer.begun = true;
  await expect(run()).rejects.toMatchObject({ code: 'TELEGRAM_TIMEOUT', details: { jobId: JOB_ID } });
  expect(producer.openWaits).toBe(0);
});

test("a job's error is told with its id", async () => {
  const { producer, run } = setup();
  producer.controlError = new GatewayError('AUTH_NOT_STARTED');
  await expect(run()).rejects.toMatchObject({ code: 'AUTH_NOT_STARTED', details: { jobId: JOB_ID } });
  expect(producer.openWaits).toBe(0);
});

test('a caller that has hung up is not waited for, and the job is withdrawn', async () => {
  const { producer, run } = setup(AbortSignal.abort());
  await expect(run()).rejects.toMatchObject({ code: 'WORKER_UNAVAILABLE' });
  expect(producer.waits).toEqual([]);
  expect(producer.withdrawn).toEqual([JOB_ID]);
});

test('a caller that hangs up after it was begun withdraws nothing', async () => {
  const caller = new AbortController();
  const { producer, run } = setup(caller.signal);
  producer.begun = true;
  producer.onWait = (_ms, signal) => {
    caller.abort();
    expect(signal?.aborted).toBe(true);
    return { end: 'timeout' };
  };
  await expect(run()).rejects.toMatchObject({ code: 'TELEGRAM_TIMEOUT' });
  expect(producer.waits).toHaveLength(1);
  expect(producer.withdrawn).toEqual([]);
});

test('Redis that goes away while waiting leaves it in doubt, which the answer says, with the job id', async () => {
  const { producer, run } = setup();
  producer.away = { from: 'controlResult', error: new GatewayError('QUEUE_UNAVAILABLE') };
  await expect(run()).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'unknown_outcome',
    details: { jobId: JOB_ID },
  });
  expect(producer.openWaits).toBe(0);
});

test('Redis that stops answering ends the wait for a job at once, in doubt', async () => {
  const { producer, run } = setup();
  producer.away = { from: 'outage', error: new GatewayError('QUEUE_UNAVAILABLE') };
  producer.onWait = async (_ms, signal) => {
    await new Promise((resolve) => {
      if (signal?.aborted === true) resolve(null);
      else signal?.addEventListener('abort', resolve);
    });
    return { end: 'timeout' };
  };
  await expect(run()).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    kind: 'unknown_outcome',
    details: { jobId: JOB_ID },
  });
  expect(producer.waits).toHaveLength(1);
  expect(producer.withdrawn).toEqual([]);
  expect(producer.openWaits).toBe(0);
});

import { describe, expect, test } from 'vitest';
import { FAILED, JOB, JOB_ID, SENT } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

test.each([JOB, SENT, FAILED])('a job that is $state is shown as it stands', async (job) => {
  const { producer, call } = testApi();
  producer.jobs.set(JOB_ID, job);
  const { status, body } = await call(`/jobs/${JOB_ID}`);
  expect(status).toBe(200);
  expect(body).toEqual({ status: 'ok', ...job });
});

test.each(['x', '12345', JOB_ID.toLowerCase(), `${JOB_ID}x`, '..%2F..%2Fx', '%00', 'x'.repeat(5_000)])(
  '%s is no job',
  async (jobId) => {
    const { status, body } = await testApi().call(`/jobs/${jobId}`);
    expect(status).toBe(404);
    expect(body).toMatchObject({ status: 'error', code: 'JOB_NOT_FOUND' });
  },
);

describe('?wait=N', () => {
  test('answers when the job has ended', async () => {
    const { producer, call } = testApi();
    producer.onWait = () => {
      producer.jobs.set(JOB_ID, SENT);
      return { end: 'finished' };
    };
    const { body } = await call(`/jobs/${JOB_ID}?wait=30`);
    expect(body).toMatchObject({ state: 'completed' });
    expect(producer.waits).toEqual([30_000]);
    expect(producer.openWaits).toBe(0);
  });

  test('answers how it stands where the time runs out', async () => {
    const { producer, call } = testApi();
    expect((await call(`/jobs/${JOB_ID}?wait=1`)).body).toMatchObject({ state: 'waiting' });
    expect(producer.openWaits).toBe(0);
  });

  test.each([SENT, FAILED])('does not wait for a job that is $state', async (job) => {
    const { producer, call } = testApi();
    producer.jobs.set(JOB_ID, job);
    expect((await call(`/jobs/${JOB_ID}?wait=60`)).body).toMatchObject({ state: job.state });
    expect(producer.waits).toEqual([]);
    expect(producer.openWaits).toBe(0);
  });

  test('does not wait for a job that there is not', async () => {
    const { producer, call } = testApi();
    producer.jobs.clear();
    expect((await call(`/jobs/${JOB_ID}?wait=60`)).status).toBe(404);
    expect(producer.waits).toEqual([]);
    expect(producer.openWaits).toBe(0);
  });

  test.each(['', '-1', '61', '1.5', 'x', '1e1', '99999999999'])('%j is refused', async (wait) => {
    const { status, body } = await testApi().call(`/jobs/${JOB_ID}?wait=${wait}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: 'wait', message: 'must be whole seconds, 0 to 60' }],
    });
  });

  test('ends when the process stops', async () => {
    const { producer, call, stop } = testApi();
    producer.onWait = (_ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve({ end: 'timeout' }));
        stop.abort();
      });
    expect((await call(`/jobs/${JOB_ID}?wait=60`)).status).toBe(200);
  });
});

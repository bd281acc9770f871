import { GatewayError, type JobView } from '@gateway/contracts';
import { describe, expect, test } from 'vitest';
import { FAILED, JOB, JOB_ID, SENT } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

const CANCELLED: JobView = { ...JOB, state: 'cancelled' };

function cancel({ call }: Pick<ReturnType<typeof testApi>, 'call'>, jobId = JOB_ID) {
  return call(`/jobs/${jobId}`, { method: 'DELETE' });
}

describe('a send', () => {
  test('that waits is cancelled', async () => {
    const api = testApi();
    expect(await cancel(api)).toMatchObject({ status: 200, body: { status: 'ok', ...CANCELLED } });
    expect(api.producer.added).toEqual([]);
  });

  test('that is cancelled already is fine', async () => {
    const api = testApi();
    api.producer.jobs.set(JOB_ID, CANCELLED);
    expect(await cancel(api)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  });

  test.each([SENT, FAILED])('that is $state is too late', async (job) => {
    const api = testApi();
    api.producer.jobs.set(JOB_ID, job);
    api.producer.cancelOutcomes = ['ended'];
    expect(await cancel(api)).toMatchObject({ status: 409, body: { code: 'TOO_LATE', job_id: JOB_ID } });
  });

  test('that may be out is too late', async () => {
    const api = testApi();
    api.producer.cancelOutcomes = ['maybe-sent'];
    expect(await cancel(api)).toMatchObject({ status: 409, body: { code: 'TOO_LATE' } });
  });

  test('that a worker has fetched is cancelled by that worker', async () => {
    const api = testApi();
    api.producer.cancelOutcomes = ['fetched'];
    api.producer.controlResults = { 'send.cancel': { outcome: 'cancelled' } };
    api.producer.onWait = () => {
      api.producer.jobs.set(JOB_ID, CANCELLED);
      return { end: 'finished' };
    };
    expect(await cancel(api)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(api.producer.added).toMatchObject([
      { name: 'send.cancel', userId: 'user1', payload: { jobId: JOB_ID } },
    ]);
  });

  test('that its worker has just put back is looked for in line again', async () => {
    const api = testApi();
    api.producer.cancelOutcomes = ['fetched', 'cancelled'];
    api.producer.controlResults = { 'send.cancel': { outcome: 'not_fetched' } };
    api.producer.onWait = () => ({ end: 'finished' });
    expect(await cancel(api)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  });

  test('fetched, with no worker there, is 503, and is not cancelled later by surprise', async () => {
    const api = testApi();
    api.producer.cancelOutcomes = ['fetched'];
    expect(await cancel(api)).toMatchObject({ status: 503, body: { code: 'WORKER_UNAVAILABLE' } });
    expect(api.producer.withdrawn).toEqual([JOB_ID]);
  });

  test('that is gone is a 404', async () => {
    const api = testApi();
    api.producer.cancelOutcomes = ['none'];
    expect(await cancel(api)).toMatchObject({ status: 404, body: { code: 'JOB_NOT_FOUND' } });
  });
});

describe('a job', () => {
  test('is 503 where Redis is away', async () => {
    const api = testApi();
    api.producer.away = { from: 'cancelWaiting', error: new GatewayError('QUEUE_UNAVAILABLE') };
    expect(await cancel(api)).toMatchObject({ status: 503, body: { code: 'QUEUE_UNAVAILABLE' } });
  });
});

import { expect, test } from 'vitest';
import { enqueued, REFUSED } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

const cancel = (jobId: string) => queues.api().call(`/jobs/${jobId}`, { method: 'DELETE' });

test('a send that has failed is too late', async () => {
  const { jobId, fetch } = await enqueued(queues);
  await (await fetch()).fail(REFUSED);
  expect(await cancel(jobId)).toMatchObject({ status: 409, body: { code: 'TOO_LATE', job_id: jobId } });
});

test('a send that may be out is too late', async () => {
  const { userId, jobId } = await enqueued(queues);
  await queues.owner.note(userId, { unknown: { [jobId]: { since: Date.now(), after: 0 } } });
  expect(await cancel(jobId)).toMatchObject({ status: 409, body: { code: 'TOO_LATE' } });
  expect(await queues.producer.job(jobId)).toMatchObject({ state: 'waiting' });
});

test('a send that its worker has fetched is cancelled by that worker', async () => {
  const { userId, jobId, fetch } = await enqueued(queues);
  const job = await fetch();
  queues.owner.answer(userId, 'send.cancel', async () => {
    await job.putBack();
    await queues.producer.jobs.cancelWaiting(userId, jobId);
    return { outcome: 'cancelled' };
  });
  expect(await cancel(jobId)).toMatchObject({ status: 200, body: { job_id: jobId, state: 'cancelled' } });
  expect(queues.owner.ranOf(userId)).toMatchObject([{ name: 'send.cancel', payload: { jobId } }]);
});

test('a send that its worker has just put back is cancelled in the queue', async () => {
  const { userId, jobId, fetch } = await enqueued(queues);
  const job = await fetch();
  queues.owner.answer(userId, 'send.cancel', async () => {
    await job.putBack();
    return { outcome: 'not_fetched' };
  });
  expect(await cancel(jobId)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
});

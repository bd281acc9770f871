import { expect, test } from 'vitest';
import { enqueued, SENT } from '../testing/a-send.ts';
import { openWaits } from '../testing/open-waits.ts';
import { readEvents } from '../testing/read-events.ts';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

/** Opens a job's events. `rest` reads them to the end, once the stream has ended. */
async function watch(jobId: string, headers: Record<string, string> = {}) {
  const { request, stop } = queues.api();
  const answer = await request(`/jobs/${jobId}/events`, { headers });
  return { stop, rest: async () => readEvents(await answer.text()) };
}

test('an id of another stream gives the job as it stands', async () => {
  const { jobId, fetch } = await enqueued(queues);
  await (await fetch()).complete(SENT);
  const { rest } = await watch(jobId, { 'last-event-id': 'of something else' });
  expect(await rest()).toMatchObject([{ data: { state: 'completed' } }]);
});

test('the stream ends when the job is deleted', async () => {
  const { userId, jobId } = await enqueued(queues);
  const { rest } = await watch(jobId);
  const keys = await queues.owner.redis.keys(`*${userId}*`);
  await queues.owner.redis.del(...keys);
  expect(await rest()).toHaveLength(1);
});

test('the stream ends when the process stops', async () => {
  const { jobId } = await enqueued(queues);
  const { stop, rest } = await watch(jobId);
  stop.abort();
  expect(await rest()).toHaveLength(1);
});

test('a stream that has ended leaves no wait for the job behind', async () => {
  const { jobId, fetch } = await enqueued(queues);
  const open = openWaits(queues.producer);
  const { rest } = await watch(jobId);
  await expect.poll(open).toBe(1);
  await (await fetch()).complete(SENT);
  await rest();
  expect(open()).toBe(0);
});

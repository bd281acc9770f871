import { describe, expect, test } from 'vitest';
import { enqueued, REFUSED, SENT } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

/** Ends a job, or leaves it waiting. */
const ENDS = {
  waiting: async () => {},
  completed: async (fetch: Fetch) => void (await (await fetch()).complete(SENT)),
  failed: async (fetch: Fetch) => (await fetch()).fail(REFUSED),
};
type Fetch = Awaited<ReturnType<typeof enqueued>>['fetch'];

const SHOWN = {
  waiting: { attempts: 0, finished_at: null, result: null, error: null },
  completed: { attempts: 1, finished_at: expect.any(String), result: SENT, error: null },
  failed: { attempts: 1, finished_at: expect.any(String), result: null, error: REFUSED.toPublic() },
};

test.each(['waiting', 'completed', 'failed'] as const)(
  'a job that is %s is shown as it stands',
  async (state) => {
    const { userId, jobId, fetch } = await enqueued(queues);
    await ENDS[state](fetch);
    const { status, body } = await queues.api().call(`/jobs/${jobId}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      job_id: jobId,
      type: 'send',
      user_id: userId,
      state,
      created_at: expect.any(String),
      retry_at: null,
      read_at: null,
      reason: null,
      ...SHOWN[state],
    });
  },
);

test.each([
  'x',
  '12345',
  (id: string) => id.toLowerCase(),
  (id: string) => `${id}x`,
  '..%2F..%2Fx',
  '%00',
  'x'.repeat(5_000),
])('%s is no job', async (id) => {
  const jobId = typeof id === 'string' ? id : id((await enqueued(queues)).jobId);
  const { status, body } = await queues.api().call(`/jobs/${jobId}`);
  expect(status).toBe(404);
  expect(body).toMatchObject({ status: 'error', code: 'JOB_NOT_FOUND' });
});

describe('?wait=N', () => {
  test('answers when the job has ended', async () => {
    const { jobId, fetch } = await enqueued(queues);
    const job = await fetch();
    const answer = queues.api().call(`/jobs/${jobId}?wait=60`);
    await job.complete(SENT);
    expect((await answer).body).toMatchObject({ state: 'completed' });
  });

  test('answers how it stands where the time runs out', async () => {
    const { jobId } = await enqueued(queues);
    expect((await queues.api().call(`/jobs/${jobId}?wait=1`)).body).toMatchObject({ state: 'waiting' });
  });

  // A wait would take longer than a test may.
  test.each(['completed', 'failed'] as const)('does not wait for a job that is %s', async (state) => {
    const { jobId, fetch } = await enqueued(queues);
    await ENDS[state](fetch);
    expect((await queues.api().call(`/jobs/${jobId}?wait=60`)).body).toMatchObject({ state });
  });

  test('does not wait for a job that there is not', async () => {
    const { jobId } = await enqueued(queues);
    const other = `01HZ0000000000000000000000${jobId.slice(26)}`;
    expect((await queues.api().call(`/jobs/${other}?wait=60`)).status).toBe(404);
  });

  test.each(['', '-1', '61', '1.5', 'x', '1e1', '99999999999'])('%j is refused', async (wait) => {
    const { jobId } = await enqueued(queues);
    const { status, body } = await queues.api().call(`/jobs/${jobId}?wait=${wait}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: 'wait', message: 'must be whole seconds, 0 to 60' }],
    });
  });

  test('ends when the process stops', async () => {
    const { jobId } = await enqueued(queues);
    const { call, stop } = queues.api();
    const answer = call(`/jobs/${jobId}?wait=60`);
    stop.abort();
    expect((await answer).status).toBe(200);
  });
});

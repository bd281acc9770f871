import { EMPTY_SEND_STATE } from '@gateway/contracts';
import { writeSendState } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DATE, QueueStage, recover, take } from './queue-stage.ts';

describe('cancelling a message', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  const cancel = (jobId: string) => stage.producer.jobs.cancelWaiting(stage.userId, jobId);

  test('a waiting message is never fetched, and its job is cancelled', async () => {
    const [first = ''] = await stage.add('1', '2');
    expect(await cancel(first)).toBe('cancelled');
    expect(await stage.producer.job(first)).toMatchObject({
      state: 'cancelled',
      error: null,
      result: null,
      finished_at: expect.stringMatching(/^\d{4}-/),
    });
    const worker = await stage.owner();
    expect((await take(worker)).data['text']).toBe('2');
    expect(await worker.next()).toEqual({ nextDueAt: Infinity });
  });

  test('a message with a send_at never joins the queue', async () => {
    const sendAt = Date.now() + 60_000;
    const { jobId, wait } = await stage.send({ job: stage.message('later'), sendAt });
    wait.cancel();
    expect(await cancel(jobId)).toBe('cancelled');
    const worker = await stage.owner();
    await worker.promoteAll();
    expect(await worker.next()).toEqual({ nextDueAt: Infinity });
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 0, delayed: 0, active: 0 });
  });

  test('the wait for its end ends', async () => {
    const { jobId, wait } = await stage.send({ job: stage.message('1') });
    const end = wait.until(10_000);
    await cancel(jobId);
    expect(await end).toEqual({ end: 'finished' });
    wait.cancel();
  });

  test('a repeat under its Idempotency-Key finds it cancelled, and sends nothing', async () => {
    const send = { job: stage.message('once'), idempotencyKey: 'key' };
    const { jobId, wait } = await stage.send(send);
    wait.cancel();
    await cancel(jobId);
    (await stage.send(send)).wait.cancel();
    expect(await stage.producer.job(jobId)).toMatchObject({ state: 'cancelled' });
    expect(await (await stage.owner()).next()).toEqual({ nextDueAt: Infinity });
  });

  test('a message that its worker has fetched is not cancelled', async () => {
    const [jobId = ''] = await stage.add('1');
    const job = await take(await stage.owner());
    expect(await cancel(jobId)).toBe('fetched');
    await job.complete({ message_id: 1, date: DATE });
    expect(await cancel(jobId)).toBe('ended');
    expect(await stage.producer.job(jobId)).toMatchObject({ state: 'completed' });
  });

  test('a message that may have been sent is not cancelled', async () => {
    const [jobId = ''] = await stage.add('1');
    await stage.owner();
    const unknown = { [jobId]: { since: Date.now(), after: 0 } };
    await writeSendState(stage.redis, '1 worker', stage.userId, { ...EMPTY_SEND_STATE, unknown });
    expect(await cancel(jobId)).toBe('maybe-sent');
    expect(await stage.producer.job(jobId)).toMatchObject({ state: 'waiting' });
  });

  test('an unknown job is reported as such', async () => {
    expect(await cancel('01HZ0000000000000000000000.s0.dXNlcjE')).toBe('none');
  });

  test('the job of a split text shows the parts that were sent', async () => {
    const [jobId = ''] = await stage.add('1');
    const worker = await stage.owner();
    const job = await take(worker);
    await job.saveProgress({ sent: [{ message_id: 5, date: DATE }] });
    await job.putBack();
    await cancel(jobId);
    expect(await stage.producer.job(jobId)).toMatchObject({ result: { message_id: 5, date: DATE } });
  });

  test('a new owner does not recover a cancelled job', async () => {
    const [jobId = ''] = await stage.add('1');
    await cancel(jobId);
    expect(await recover(await stage.owner(2))).toEqual([]);
    expect(await stage.queue().getJobCounts('failed', 'wait', 'active')).toEqual({
      failed: 1,
      wait: 0,
      active: 0,
    });
  });
});

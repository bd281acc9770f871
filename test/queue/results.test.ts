import { parseJobId } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { RESULTS_STREAM, shardPrefix } from '../../packages/queue/src/keys.ts';
import { DATE, QueueStage } from './queue-stage.ts';

/** Limit in ms for a wait that ends by an event. */
const LONG = 20_000;
const RESULT = { message_id: 1, date: DATE };

let stage: QueueStage;
beforeAll(async () => {
  stage = await QueueStage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.nextAccount());

/** Publishes the end of a job with this result. */
async function publishEnd(jobId: string, result?: string): Promise<void> {
  const stream = `${shardPrefix(parseJobId(jobId)?.shard ?? -1)}:${RESULTS_STREAM}:events`;
  const fields = ['event', 'finished', 'jobId', jobId, ...(result === undefined ? [] : ['result', result])];
  await stage.redis.xadd(stream, '*', ...fields);
}

test.each([
  ['its result', JSON.stringify(RESULT), { end: 'finished', result: RESULT }],
  ['no result', undefined, { end: 'finished' }],
  // A worker of another version may publish this. The caller then reads the job.
  ['an invalid result', '{"message_id":"one"}', { end: 'finished' }],
  ['invalid JSON', '{"message_id":', { end: 'finished' }],
])('a wait ends with its job, by an event with %s', async (_, result, end) => {
  const { jobId, wait } = await stage.send({ job: stage.message('x') });
  const waiting = wait.until(LONG);
  // Publish until it arrives: the reader of the stream may not have started yet.
  const heard = { yet: false };
  void waiting.then(() => (heard.yet = true));
  await expect
    .poll(async () => {
      await publishEnd(jobId, result);
      return heard.yet;
    })
    .toBe(true);
  expect(await waiting).toEqual(end);
  wait.cancel();
});

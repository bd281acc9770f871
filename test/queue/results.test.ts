import { parseJobId } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { RESULTS_STREAM, shardPrefix } from '../../packages/queue/src/keys.ts';
import { DATE, QueueStage } from './queue-stage.ts';

/** ms that a wait may take that ends by an event. */
const LONG = 20_000;
const RESULT = { message_id: 1, date: DATE };

let stage: QueueStage;
beforeAll(async () => {
  stage = await QueueStage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.nextAccount());

/** Tells that a job has ended, in these words. */
async function tellEnd(jobId: string, result?: string): Promise<void> {
  const stream = `${shardPrefix(parseJobId(jobId)?.shard ?? -1)}:${RESULTS_STREAM}:events`;
  const fields = ['event', 'finished', 'jobId', jobId, ...(result === undefined ? [] : ['result', result])];
  await stage.redis.xadd(stream, '*', ...fields);
}

test.each([
  ['its result', JSON.stringify(RESULT), { end: 'finished', result: RESULT }],
  ['no result', undefined, { end: 'finished' }],
  // Of another version's worker: the job itself says what it has come to.
  ['a result that is none', '{"message_id":"one"}', { end: 'finished' }],
  ['what is no JSON', '{"message_id":', { end: 'finished' }],
])('a wait ends with its job, by the word of %s', async (_, result, end) => {
  const { jobId, wait } = await stage.send({ job: stage.message('x') });
  const waiting = wait.until(LONG);
  // Told until it is heard: the reader of the stream may not stand there yet.
  const heard = { yet: false };
  void waiting.then(() => (heard.yet = true));
  await expect
    .poll(async () => {
      await tellEnd(jobId, result);
      return heard.yet;
    })
    .toBe(true);
  expect(await waiting).toEqual(end);
  wait.cancel();
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { QueueStage } from './queue-stage.ts';

let stage: QueueStage;
beforeAll(async () => {
  stage = await QueueStage.open();
  stage.nextAccount();
});
afterAll(() => stage.close());

/** The names of the commands that Redis executed during `work`, also within scripts. */
async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
  await stage.redis.config('RESETSTAT');
  await work();
  const stats = await stage.redis.info('commandstats');
  return [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, name = '']) => name);
}

test('reading a waiting job searches the queue with LPOS, not in a script', async () => {
  const [jobId = ''] = await stage.add('1', '2', '3');
  const commands = await commandsOf(async () =>
    expect(await stage.producer.job(jobId)).toMatchObject({ state: 'waiting' }),
  );
  expect(commands).not.toContain('lrange');
  expect(commands).toContain('lpos');
});

import { accountPrefix, SEND_QUEUE, sendStateKey } from './keys.ts';
import { MAYBE_SENT } from './maybe-sent.ts';
import type { RedisClient } from './redis.ts';
import { Script } from './script.ts';

/** One that is in hand, has ended or may be out is left: nothing is gained by forgetting it. BullMQ's keys as in cancel-send.ts. */
const TAKE_BACK = new Script(`${MAYBE_SENT}
local wait, delayed, job, state, id = KEYS[1], KEYS[2], KEYS[3], redis.call('GET', KEYS[4]), ARGV[1]
if maybe_sent(state, id) then return 0 end
if redis.call('ZREM', delayed, id) == 0 and redis.call('LREM', wait, 1, id) == 0 then return 0 end
return redis.call('DEL', job)`);

/** Has it that a message which waits was never accepted. */
export async function takeBack(redis: RedisClient, userId: string, jobId: string): Promise<void> {
  const keys = ['wait', 'delayed', jobId].map((name) => `${accountPrefix(userId)}:${SEND_QUEUE}:${name}`);
  await TAKE_BACK.run(redis, [...keys, sendStateKey(userId)], [jobId]);
}

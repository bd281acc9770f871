import { sendJobKey, sendListKey, sendStateKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';
import { parkedJobsKey } from './dependents.ts';
import { MAYBE_SENT } from './maybe-sent.ts';

/**
 * Leaves a job alone that was fetched, has ended or may have been sent. Writes BullMQ's keys as cancel-send.ts does.
 */
const WITHDRAW = new Script(`${MAYBE_SENT}
local wait, delayed, job, state, id = KEYS[1], KEYS[2], KEYS[3], redis.call('GET', KEYS[4]), ARGV[1]
if maybe_sent(state, id) then return 0 end
if redis.call('ZREM', delayed, id) == 0 and redis.call('LREM', wait, 1, id) == 0
  and redis.call('ZREM', KEYS[5], id) == 0 then return 0 end
return redis.call('DEL', job)`);

/** Removes a waiting message as though it had never been enqueued. */
export async function withdrawJob(redis: RedisClient, userId: string, jobId: string): Promise<void> {
  const lists = [sendListKey(userId, 'wait'), sendListKey(userId, 'delayed')];
  await WITHDRAW.run(
    redis,
    [...lists, sendJobKey(userId, jobId), sendStateKey(userId), parkedJobsKey(userId)],
    [jobId],
  );
}

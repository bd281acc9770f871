import { GatewayError } from '@gateway/contracts';
import { JOB_ENDS } from '../events/results.ts';
import { sendJobKey, sendListKey, sendQueuePrefix, sendStateKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { IS_OVER, TooLate } from '../redis/deadline.ts';
import { Script } from '../redis/script.ts';
import { parkedJobsKey } from './dependents.ts';
import { MAYBE_SENT } from './maybe-sent.ts';

/**
 * Ends a waiting job as cancelled. BullMQ can fail only fetched jobs, and a removed job would be sent after all by a
 * repeat under its Idempotency-Key. A message that may have been sent is not cancelled.
 *
 * The script writes BullMQ's keys as BullMQ 6.7.0 does; test/queue/cancel.test.ts checks that they still match.
 */
const CANCEL = new Script(`${IS_OVER}${MAYBE_SENT}${JOB_ENDS}
if is_over(ARGV[4], redis.call('TIME')) then return 'late' end
local job, state, id = KEYS[5], redis.call('GET', KEYS[6]), ARGV[1]
if redis.call('EXISTS', job) == 0 then return 'none' end
if redis.call('ZSCORE', KEYS[4], id) or redis.call('ZSCORE', KEYS[3], id) then return 'ended' end
if maybe_sent(state, id) then return 'maybe-sent' end
if redis.call('ZREM', KEYS[2], id) == 0 and redis.call('LREM', KEYS[1], 1, id) == 0
  and redis.call('ZREM', KEYS[7], id) == 0 then return 'fetched' end
redis.call('HSET', job, 'failedReason', ARGV[2], 'finishedOn', ARGV[3])
redis.call('ZADD', KEYS[4], ARGV[3], id)
job_ends(ARGV[5], id)
return 'cancelled'`);

export type CancelOutcome =
  | 'cancelled'
  /** There is no such job, or no longer. */
  | 'none'
  /** It has already completed, failed or been cancelled. */
  | 'ended'
  /** It may have been sent, so it is not cancelled. Its worker finds out whether it was. */
  | 'maybe-sent'
  /** Its worker has fetched it, and only that worker may end it. */
  | 'fetched';

const OUTCOMES = new Set<unknown>(['cancelled', 'none', 'ended', 'maybe-sent', 'fetched']);

/**
 * Cancels a send that waits in the queue or for its `send_at`, and publishes its end.
 * @param times `now`: ms since the epoch; `deadline`: ms by Redis' clock, after which the script changes nothing.
 * @throws {TooLate}
 */
export async function cancelWaitingJob(
  redis: RedisClient,
  userId: string,
  jobId: string,
  { now, deadline }: { now: number; deadline: number },
): Promise<CancelOutcome> {
  const lists = (['wait', 'delayed', 'completed', 'failed'] as const).map((list) =>
    sendListKey(userId, list),
  );
  const keys = [...lists, sendJobKey(userId, jobId), sendStateKey(userId), parkedJobsKey(userId)];
  const reason = JSON.stringify(new GatewayError('CANCELLED', undefined, { jobId }).toPublic());
  const outcome = await CANCEL.run(redis, keys, [jobId, reason, now, deadline, sendQueuePrefix(userId)]);
  if (outcome === 'late') throw new TooLate();
  if (!isOutcome(outcome)) throw new Error('unexpected reply of a script');
  return outcome;
}

function isOutcome(value: unknown): value is CancelOutcome {
  return OUTCOMES.has(value);
}

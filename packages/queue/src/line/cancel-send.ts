import { GatewayError } from '@gateway/contracts';
import { sendJobKey, sendListKey, sendStateKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { IS_OVER, TooLate } from '../redis/deadline.ts';
import { Script } from '../redis/script.ts';
import { MAYBE_SENT } from './maybe-sent.ts';

/**
 * Ends a job that waits as cancelled. BullMQ fails only what a worker has in hand, and a job that is removed instead would be forgotten:
 * a repeat under its Idempotency-Key would send it after all. Its own keys are used as BullMQ 6.7.0 does; test/queue/cancel.test.ts
 * holds the two together. A message of which a try may have taken effect is not cancelled: it may be out already.
 */
const CANCEL = new Script(`${IS_OVER}${MAYBE_SENT}
if is_over(ARGV[4], redis.call('TIME')) then return 'late' end
local job, state, id = KEYS[5], redis.call('GET', KEYS[6]), ARGV[1]
if redis.call('EXISTS', job) == 0 then return 'none' end
if redis.call('ZSCORE', KEYS[4], id) or redis.call('ZSCORE', KEYS[3], id) then return 'ended' end
if maybe_sent(state, id) then return 'maybe-sent' end
if redis.call('ZREM', KEYS[2], id) == 0 and redis.call('LREM', KEYS[1], 1, id) == 0 then return 'in-hand' end
redis.call('HSET', job, 'failedReason', ARGV[2], 'finishedOn', ARGV[3])
redis.call('ZADD', KEYS[4], ARGV[3], id)
return 'cancelled'`);

export type CancelOutcome =
  | 'cancelled'
  /** There is no such job (any more). */
  | 'none'
  /** It has ended, in whatever way. */
  | 'ended'
  /** A try of it may have taken effect; it goes on until that is known. */
  | 'maybe-sent'
  /** Its worker has it in hand, and alone may end it. */
  | 'in-hand';

const OUTCOMES = new Set<unknown>(['cancelled', 'none', 'ended', 'maybe-sent', 'in-hand']);

/**
 * Cancels a send that waits in line or for its time.
 * @param times `now`: ms since the epoch; `deadline`: ms of Redis' clock, after which nothing is done.
 * @throws {TooLate}
 */
export async function cancelWaitingSend(
  redis: RedisClient,
  userId: string,
  jobId: string,
  { now, deadline }: { now: number; deadline: number },
): Promise<CancelOutcome> {
  const lists = (['wait', 'delayed', 'completed', 'failed'] as const).map((list) =>
    sendListKey(userId, list),
  );
  const keys = [...lists, sendJobKey(userId, jobId), sendStateKey(userId)];
  const reason = JSON.stringify(new GatewayError('CANCELLED', undefined, { jobId }).toPublic());
  const outcome = await CANCEL.run(redis, keys, [jobId, reason, now, deadline]);
  if (outcome === 'late') throw new TooLate();
  if (!isOutcome(outcome)) throw new Error('unexpected reply of a script');
  return outcome;
}

function isOutcome(value: unknown): value is CancelOutcome {
  return OUTCOMES.has(value);
}

import { readJob, type JobEnvelope } from '@gateway/actions';
import type { GatewayError } from '@gateway/contracts';
import { JOB_ENDS } from '../events/results.ts';
import { fenceKey, sendJobKey, sendListKey, sendQueuePrefix } from '../keys.ts';
import { Fenced } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** A job that waits in the queue, and of which nothing was done. */
export interface WaitingJob {
  jobId: string;
  data: JobEnvelope;
}

/** The oldest waiting jobs, oldest first. Leaves out jobs that were begun, and those that this version cannot read. */
export async function oldestWaiting(
  redis: RedisClient,
  userId: string,
  limit: number,
): Promise<WaitingJob[]> {
  const ids = (await redis.lrange(sendListKey(userId, 'wait'), -limit, -1)).toReversed();
  const found = await Promise.all(
    ids.map((id) => redis.hmget(sendJobKey(userId, id), 'name', 'data', 'progress')),
  );
  return ids.flatMap((jobId, index) => {
    const [name = null, data = null, progress = null] = found[index] ?? [];
    // BullMQ's initial progress is 0.
    if (data === null || (progress !== null && progress !== '0')) return [];
    const job = readJob(name ?? '', JSON.parse(data));
    return job.is === 'known' ? [{ jobId, data: job.data }] : [];
  });
}

/**
 * Fails many waiting jobs, as cancel-send.ts does for one: BullMQ can fail only fetched jobs. Searches oldest first.
 */
const FAIL = new Script(`${JOB_ENDS}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
local failed = {}
for i = 4, #ARGV, 2 do
  local id = ARGV[i]
  if redis.call('LREM', KEYS[2], -1, id) == 1 then
    redis.call('HSET', ARGV[3] .. id, 'failedReason', ARGV[i + 1], 'finishedOn', ARGV[2])
    redis.call('ZADD', KEYS[3], ARGV[2], id)
    failed[#failed + 1] = id
    job_ends(ARGV[3], id)
  end
end
return failed`);

/**
 * Fails waiting messages and publishes their ends, in one atomic step. Only the worker that owns the account may do so.
 * @returns ids of the failed jobs, without those that were cancelled in the meantime.
 * @throws {Fenced}
 */
export async function failWaiting(
  redis: RedisClient,
  { userId, fence }: { userId: string; fence: string },
  jobs: readonly { jobId: string; error: GatewayError }[],
  now: number,
): Promise<string[]> {
  if (jobs.length === 0) return [];
  const reply = await FAIL.run(
    redis,
    [fenceKey(userId), sendListKey(userId, 'wait'), sendListKey(userId, 'failed')],
    [
      fence,
      now,
      sendQueuePrefix(userId),
      ...jobs.flatMap(({ jobId, error }) => [jobId, JSON.stringify(error.toPublic())]),
    ],
  );
  if (!Array.isArray(reply)) throw new Fenced(userId);
  return reply.map(String);
}

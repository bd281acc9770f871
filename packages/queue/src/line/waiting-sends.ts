import { sendJobSchema, type GatewayError, type SendJob } from '@gateway/contracts';
import { fenceKey, sendJobKey, sendListKey, sendQueuePrefix } from '../keys.ts';
import { Fenced } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** A message that waits in line, of which nothing has gone out. */
export interface WaitingSend {
  jobId: string;
  data: SendJob;
}

/** The oldest messages in line, oldest first; those of which a part has gone out, and what is no message, are left out. */
export async function oldestWaiting(
  redis: RedisClient,
  userId: string,
  limit: number,
): Promise<WaitingSend[]> {
  const ids = (await redis.lrange(sendListKey(userId, 'wait'), -limit, -1)).toReversed();
  const found = await Promise.all(ids.map((id) => redis.hmget(sendJobKey(userId, id), 'data', 'progress')));
  return ids.flatMap((jobId, index) => {
    const [data = null, progress = null] = found[index] ?? [];
    // BullMQ's own is 0 before anything was noted.
    if (data === null || (progress !== null && progress !== '0')) return [];
    const job = sendJobSchema.safeParse(JSON.parse(data));
    return job.success ? [{ jobId, data: job.data }] : [];
  });
}

/** As cancel-send.ts ends a job, for many that stand at the old end of the line. BullMQ fails only what a worker has fetched. */
const FAIL = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
local failed = {}
for i = 4, #ARGV, 2 do
  local id = ARGV[i]
  if redis.call('LREM', KEYS[2], -1, id) == 1 then
    redis.call('HSET', ARGV[3] .. id, 'failedReason', ARGV[i + 1], 'finishedOn', ARGV[2])
    redis.call('ZADD', KEYS[3], ARGV[2], id)
    failed[#failed + 1] = id
  end
end
return failed`);

/**
 * Fails messages that wait in line, in one step. Only the worker that owns the account may.
 * @returns the jobs that were failed: one may have been cancelled meanwhile. @throws {Fenced}
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

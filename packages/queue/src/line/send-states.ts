import { EMPTY_SEND_STATE, sendStateSchema, type SendState } from '@gateway/contracts';
import { fenceKey, sendJobKey, sendStateKey } from '../keys.ts';
import { Fenced, fencedWrite } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** An account's send state; {@link EMPTY_SEND_STATE} if none is stored. */
export async function readSendState(redis: RedisClient, userId: string): Promise<SendState> {
  const json = await redis.get(sendStateKey(userId));
  return json === null ? EMPTY_SEND_STATE : sendStateSchema.parse(JSON.parse(json));
}

/** `atm` is BullMQ's field for the attempts of a job. */
const WRITE_WITH_ATTEMPTS = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
for index = 3, #KEYS do
  if redis.call('EXISTS', KEYS[index]) == 1 then redis.call('HSET', KEYS[index], 'atm', ARGV[index]) end
end
return 1`);

/**
 * Stores an account's send state. Only the worker that owns the account may do so.
 * @param attempts number of tries of jobs that have not ended, by job id; stored in the same atomic step.
 * @throws {Fenced}
 */
export async function writeSendState(
  redis: RedisClient,
  fence: string,
  userId: string,
  state: SendState,
  attempts: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const json = JSON.stringify(state);
  if (attempts.size === 0) return fencedWrite(redis, userId, fence, sendStateKey(userId), json);
  const jobKeys = [...attempts.keys()].map((jobId) => sendJobKey(userId, jobId));
  const keys = [fenceKey(userId), sendStateKey(userId), ...jobKeys];
  const reply = await WRITE_WITH_ATTEMPTS.run(redis, keys, [fence, json, ...attempts.values()]);
  if (reply !== 1) throw new Fenced(userId);
}

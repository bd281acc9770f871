import { GatewayError } from '@gateway/contracts';
import { fenceKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** Another worker has become the owner of the account. The worker that gets this error must stop working on it. */
export class Fenced extends Error {
  override readonly name = 'Fenced';

  constructor(userId: string) {
    super(`another worker has taken over the account ${userId}`);
  }
}

/** What a caller is told whose step ran on a worker that lost the account meanwhile. */
export function accountMoved(): GatewayError {
  return new GatewayError(
    'WORKER_UNAVAILABLE',
    'Another worker took over the account while this ran, so it may have taken effect: check the status before you retry.',
    { kind: 'unknown_outcome', retryAfter: 1 },
  );
}

/** The worker in a fence, which is `<number> <worker>`. */
export function workerOf(fence: string): string {
  return fence.slice(fence.indexOf(' ') + 1);
}

const RAISE = new Script(`
local before = redis.call('GET', KEYS[1])
local function number(fence) return tonumber(string.match(fence, '^%d+')) end
if before and number(before) > number(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1`);

/**
 * Makes `fence` the account's current fence. From then on Redis refuses every write of a former owner, however late it
 * arrives. A new owner calls this before anything else.
 * @throws {Fenced} if the current fence belongs to a later owner.
 */
export async function raiseFence(redis: RedisClient, userId: string, fence: string): Promise<void> {
  if ((await RAISE.run(redis, [fenceKey(userId)], [fence])) !== 1) throw new Fenced(userId);
}

const WRITE = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] then redis.call('SET', KEYS[2], ARGV[2]) else redis.call('DEL', KEYS[2]) end
return 1`);

/**
 * Writes one of the account's keys; `null` deletes it.
 * @throws {Fenced} if the account has another owner; nothing is written then.
 */
export async function fencedWrite(
  redis: RedisClient,
  userId: string,
  fence: string,
  key: string,
  value: string | null,
): Promise<void> {
  const reply = await WRITE.run(redis, [fenceKey(userId), key], value === null ? [fence] : [fence, value]);
  if (reply !== 1) throw new Fenced(userId);
}

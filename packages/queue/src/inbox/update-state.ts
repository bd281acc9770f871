import { updateStateKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** A change of the hash that says how far an account has read its updates. Fields that it does not name stay. */
export interface UpdateStateChange {
  set: Readonly<Record<string, string>>;
  /** Fields to delete; `*`: all, before the others are set. */
  remove?: readonly string[];
}

/** How far an account has read its updates; `null`: nothing is stored. */
export async function readUpdateState(
  redis: RedisClient,
  userId: string,
): Promise<Record<string, string> | null> {
  const fields = await redis.hgetall(updateStateKey(userId));
  return Object.keys(fields).length === 0 ? null : fields;
}

import { receivingSchema, type Receiving } from '@gateway/contracts';
import type * as z from 'zod';
import { receivingAccountsKey, receivingKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readEventPage } from './event-page.ts';

const settingsSchema = receivingSchema.pick({ enabled: true, since: true, filter: true });

const OFF: z.infer<typeof settingsSchema> = { enabled: false, since: null, filter: {} };

/**
 * How an account receives, as its status shows it.
 * @param retentionMs events that are older count as gone.
 */
export async function receivingOf(
  redis: RedisClient,
  userId: string,
  retentionMs = Infinity,
): Promise<Receiving> {
  const [json, { lastSeq, oldestSeq, gaps }] = await Promise.all([
    redis.hget(receivingKey(userId), 'settings'),
    readEventPage(redis, userId, { after: 0, limit: 0, retentionMs }),
  ]);
  const settings = json === null ? OFF : settingsSchema.parse(JSON.parse(json));
  return { ...settings, last_seq: lastSeq, oldest_seq: oldestSeq, gaps };
}

/** The accounts of a shard that may have events. */
export async function receivingAccounts(redis: RedisClient, shard: number): Promise<string[]> {
  return redis.smembers(receivingAccountsKey(shard));
}

import { OWNERSHIP_CHANNEL, WORKERS_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** A heartbeat older than this (ms) is of a worker that is gone or frozen. */
const HEARTBEAT_MS = 5_000;

const LIVE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if ARGV[2] then redis.call('ZADD', KEYS[1], now, ARGV[2]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - ARGV[1]))
return redis.call('ZRANGE', KEYS[1], 0, -1)`;

/** Says that `worker` lives, by Redis's own clock. @returns all workers that live now, this one included. */
export async function beat(redis: RedisClient, worker: string): Promise<string[]> {
  return names(await redis.eval(LIVE, 1, WORKERS_KEY, HEARTBEAT_MS, worker));
}

/** All workers that live now. */
export async function listWorkers(redis: RedisClient): Promise<string[]> {
  return names(await redis.eval(LIVE, 1, WORKERS_KEY, HEARTBEAT_MS));
}

/** Has the others look at once: a worker has come. */
export async function sayHere(redis: RedisClient, worker: string): Promise<void> {
  await redis.publish(OWNERSHIP_CHANNEL, worker);
}

/** Says that a worker does not live any more: itself, when it stops, or another that is known to be dead. The others look at once. */
export async function sayGone(redis: RedisClient, worker: string): Promise<void> {
  await redis.zrem(WORKERS_KEY, worker);
  await redis.publish(OWNERSHIP_CHANNEL, worker);
}

/** How many workers live, by Redis's own clock. */
export async function countLiveWorkers(redis: RedisClient): Promise<number> {
  return (await listWorkers(redis)).length;
}

function names(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

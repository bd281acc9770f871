import { OWNERSHIP_CHANNEL, WORKERS_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** ms after which a worker without a new heartbeat counts as gone or frozen. */
const HEARTBEAT_MS = 5_000;

const LIVE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if ARGV[2] then redis.call('ZADD', KEYS[1], now, ARGV[2]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - ARGV[1]))
return redis.call('ZRANGE', KEYS[1], 0, -1)`;

/** Records a heartbeat of `worker`, by Redis' clock. @returns all live workers, including this one. */
export async function sendHeartbeat(redis: RedisClient, worker: string): Promise<string[]> {
  return names(await redis.eval(LIVE, 1, WORKERS_KEY, HEARTBEAT_MS, worker));
}

/** All live workers. */
export async function listWorkers(redis: RedisClient): Promise<string[]> {
  return names(await redis.eval(LIVE, 1, WORKERS_KEY, HEARTBEAT_MS));
}

/** Announces a new worker, so that the others check their shards at once. */
export async function announceWorker(redis: RedisClient, worker: string): Promise<void> {
  await redis.publish(OWNERSHIP_CHANNEL, worker);
}

/** Removes a worker that stops, or is known to be dead, so that the others check their shards at once. */
export async function removeWorker(redis: RedisClient, worker: string): Promise<void> {
  await redis.zrem(WORKERS_KEY, worker);
  await redis.publish(OWNERSHIP_CHANNEL, worker);
}

/** Number of live workers. */
export async function countLiveWorkers(redis: RedisClient): Promise<number> {
  return (await listWorkers(redis)).length;
}

function names(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

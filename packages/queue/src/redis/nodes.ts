import { Cluster, Command } from 'ioredis';
import type { RedisClient } from './redis-client.ts';

/** The slot of a key in a cluster. */
export function slotOf(key: string): number {
  return new Command('GET', [key]).getSlot();
}

/** The node of a cluster that has `key`, as `host:port`; empty if it is not known, and for one server. */
export function nodeOf(redis: RedisClient, key: string): string {
  return redis instanceof Cluster ? (redis.slots[slotOf(key)]?.[0] ?? '') : '';
}

/** The masters that have slots, as text to compare; empty if they are not known. */
export function mastersOf(cluster: Cluster): string {
  const masters = new Set(cluster.slots.map(([master = '']) => master));
  return [...masters].toSorted((a, b) => (a < b ? -1 : 1)).join();
}

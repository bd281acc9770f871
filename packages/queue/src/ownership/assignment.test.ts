import { describe, expect, test } from 'vitest';
import { assignShards } from './assignment.ts';

const SHARDS = 64;
const worker = (index: number) => `worker-${index}`;
const workers = (count: number) => Array.from({ length: count }, (_, index) => worker(index));

describe('the assignment of shards to workers', () => {
  test('does not depend on the order of the workers', () => {
    const seen = workers(5);
    expect(assignShards(SHARDS, seen.toReversed())).toEqual(assignShards(SHARDS, seen));
  });

  test.each([1, 2, 3, 5, 7])('gives each of %i workers an even share', (count) => {
    const owners = assignShards(SHARDS, workers(count));
    const loads = workers(count).map((name) => owners.filter((owner) => owner === name).length);
    expect(Math.max(...loads)).toBeLessThanOrEqual(Math.ceil(SHARDS / count));
    expect(loads.reduce((sum, load) => sum + load)).toBe(SHARDS);
    expect(Math.min(...loads)).toBeGreaterThan(0);
  });

  test('a new worker gets its share, and most other shards keep their worker', () => {
    const before = assignShards(SHARDS, workers(3));
    const after = assignShards(SHARDS, workers(4));
    const moved = after.filter((owner, shard) => owner !== before[shard]);
    expect(after.filter((owner) => owner === worker(3)).length).toBeGreaterThanOrEqual(SHARDS / 8);
    expect(moved.length).toBeLessThanOrEqual(SHARDS / 2);
  });

  test('is empty without workers', () => {
    expect(assignShards(SHARDS, [])).toEqual([]);
  });
});

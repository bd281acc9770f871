import { createHash } from 'node:crypto';

/**
 * Which worker each shard belongs to: by rendezvous hashing (highest hash of worker and shard wins), so that a worker that comes or goes
 * moves few shards but its own, with no worker taking more than its even share, rounded up. Every worker that sees the same others
 * comes to the same answer.
 *
 * @returns the worker's name by shard; empty where there are no workers.
 */
export function assignShards(shards: number, workers: readonly string[]): string[] {
  const share = Math.ceil(shards / workers.length);
  const taken = new Map(workers.map((worker) => [worker, 0]));
  return workers.length === 0
    ? []
    : Array.from({ length: shards }, (_, shard) => {
        const [owner = ''] = workers
          .filter((worker) => (taken.get(worker) ?? 0) < share)
          .toSorted((a, b) => compareScores(score(b, shard), score(a, shard)) || (a < b ? -1 : 1));
        taken.set(owner, (taken.get(owner) ?? 0) + 1);
        return owner;
      });
}

function score(worker: string, shard: number): Buffer {
  return createHash('sha256').update(`${worker}\n${shard}`).digest();
}

function compareScores(a: Buffer, b: Buffer): number {
  return Buffer.compare(a, b);
}

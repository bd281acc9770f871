import { createHash } from 'node:crypto';

/**
 * Assigns shards to workers by rendezvous hashing: the highest hash of worker and shard wins. So few shards move when a
 * worker starts or stops. No worker gets more than its even share, rounded up.
 *
 * The result depends only on the set of workers, so all workers compute the same one.
 * @returns the worker's name by shard; empty if there are no workers.
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

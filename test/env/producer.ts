import { randomBytes } from 'node:crypto';
import { Producer } from '@gateway/queue';
import { Sealer, silentLogger, type RedisAddress } from '@gateway/runtime';
import { vi } from 'vitest';

interface ProducerOptions {
  /** Default: as many as a {@link Stack} has. */
  shards?: number;
  /** Default: one that nobody else has. */
  sealer?: Sealer;
}

/** Opens the API's side of the queues, beside or without an API process. The caller closes it. */
export async function openProducer(
  redisAddress: RedisAddress,
  { shards = 4, sealer = new Sealer([randomBytes(32)]) }: ProducerOptions = {},
): Promise<Producer> {
  const logger = silentLogger();
  const producer = new Producer({
    redisAddress,
    shards,
    retentionMs: 60_000,
    maxPending: 1_000,
    sealer,
    logger,
  });
  await vi.waitFor(() => producer.claimShards(), { timeout: 10_000 });
  return producer;
}

import { createHash } from 'node:crypto';

/**
 * Telegram's idempotency key of a message: the same for every try of the same job, on any worker, after any crash. Signed 64-bit, never 0.
 * @param part 0 for a message that is not split.
 */
export function randomIdOf(jobId: string, part = 0): bigint {
  const id = createHash('sha256').update(`${jobId}:${part}`).digest().readBigInt64BE(0);
  return id === 0n ? 1n : id;
}

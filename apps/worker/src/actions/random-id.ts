import { createHash } from 'node:crypto';

/**
 * The random id by which Telegram recognises a repeated message. It is the same for every attempt of a job, on any
 * worker, after any crash. Signed 64-bit, never 0.
 * @param part 0 for a message that is not split.
 */
export function randomIdOf(jobId: string, part = 0): bigint {
  const id = createHash('sha256').update(`${jobId}:${part}`).digest().readBigInt64BE(0);
  return id === 0n ? 1n : id;
}

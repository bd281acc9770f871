import { GatewayError } from '@gateway/contracts';
import type { Producer } from '@gateway/queue';
import { sleep } from '@gateway/runtime';

const RETRY_MS = 100;

/**
 * Registers the number of shards in Redis, as soon as Redis is reachable. Resolves when done, or when the signal is
 * aborted.
 * @throws {Error} if Redis was set up with a different number of shards: the process must not continue.
 */
export async function claimShards(
  producer: Pick<Producer, 'claimShards'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await producer.claimShards();
      return;
    } catch (error) {
      const away = error instanceof GatewayError && error.code === 'QUEUE_UNAVAILABLE';
      if (signal.aborted) return;
      if (!away) throw error;
      await sleep(RETRY_MS, signal);
    }
  }
}

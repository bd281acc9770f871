import { GatewayError } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import type { ApiProducer } from './context.ts';

const RETRY_MS = 100;

/**
 * Agrees with Redis on the number of shards, as soon as Redis is there. Resolves once that is done, or the signal is aborted.
 * @throws {Error} where Redis was set up with another number: the process must not go on.
 */
export async function claimShards(
  producer: Pick<ApiProducer, 'claimShards'>,
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

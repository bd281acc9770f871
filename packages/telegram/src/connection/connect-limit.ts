import { once } from 'node:events';
import PQueue from 'p-queue';

/** Most accounts that connect to one data centre at the same time in order to receive. */
export const CONNECT_AT_A_TIME = 50;

/**
 * Limits how many accounts connect at the same time in order to receive: after a start or an outage, all want to. Each
 * data centre has a limit of its own, because attempts to reach one that is away take long.
 */
export class ConnectLimit {
  readonly #queues = new Map<number, PQueue>();

  /** Runs `connect` in its turn. Returns early if the signal is aborted; a waiting `connect` does not run then. */
  async run(dcId: number, connect: () => Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const isOver = new AbortController();
    const place = this.#queueOf(dcId).add(async () => {
      if (!signal.aborted) await connect();
    });
    try {
      await Promise.race([place, once(signal, 'abort', { signal: isOver.signal })]);
    } finally {
      isOver.abort();
    }
  }

  #queueOf(dcId: number): PQueue {
    const kept = this.#queues.get(dcId);
    if (kept !== undefined) return kept;
    const queue = new PQueue({ concurrency: CONNECT_AT_A_TIME });
    this.#queues.set(dcId, queue);
    return queue;
  }
}

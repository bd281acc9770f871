import { once } from 'node:events';
import PQueue from 'p-queue';

/** Most connections to one data centre that open at the same time, of those that this limit counts. */
export const CONNECT_AT_A_TIME = 50;

/** For what a connection opens. Those for files open first, because somebody waits for a message or a download. */
const PRIORITIES = { files: 1, receiving: 0 };

/**
 * Limits how many connections open at the same time in order to receive or to transfer files: after a start or an
 * outage, all accounts want to. Each data centre has a limit of its own, because attempts to reach one that is away
 * take long.
 */
export class ConnectLimit {
  readonly #queues = new Map<number, PQueue>();

  /**
   * Runs `connect` in its turn. Returns early if the signal is aborted; a waiting `connect` does not run then.
   * `connect` must not wait for another turn of this limit: turns would then wait for each other.
   */
  async run(
    { dcId, purpose }: { dcId: number; purpose: keyof typeof PRIORITIES },
    connect: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    const isOver = new AbortController();
    const turn = async () => {
      if (!signal.aborted) await connect();
    };
    const place = this.#queueOf(dcId).add(turn, { priority: PRIORITIES[purpose] });
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

import { OwnerLease, type Redis } from '@gateway/queue';
import { livenessOf, PROCESS_IDENTITY, sleep, type Logger } from '@gateway/runtime';

/** What a worker does while the accounts are its own. */
export interface Service {
  /** Ends what is under way, puts back the rest, closes every client. Bounded in time. Never throws. */
  stop(): Promise<void>;
  /** Closes every client at once and writes nothing: the accounts may be another worker's in a moment. Never throws. */
  abandon(): Promise<void>;
}

export interface OwnershipOptions {
  redis: Redis;
  logger: Logger;
  /** Begins to serve the accounts. `mayServe` tells, at any instant, whether they are still ours. */
  serve: (token: string, mayServe: () => boolean) => Promise<Service>;
  /** Called each time serving has begun. */
  onServing: () => void;
}

/** ms to wait after serving could not begin. */
const RETRY_MS = 1_000;

/**
 * Serves the accounts while the lease is held, and only then.
 *
 * ```
 * waiting ──lease acquired──▶ serving ──lease lost──▶ abandoning ──▶ waiting
 *                                └──────stop()──────▶ stopping ────▶ lease released
 * ```
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    const { logger } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#serveOnce();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        logger.error({ err: error }, 'could not serve the accounts; trying again');
        await sleep(RETRY_MS, this.#stop.signal);
      }
    }
  }

  async #serveOnce(): Promise<void> {
    const { redis, logger, serve, onServing } = this.#options;
    const ended = new AbortController();
    const lease = new OwnerLease({
      redis,
      logger,
      holder: PROCESS_IDENTITY,
      // This very process holds nothing when it asks: a lease of its own is left from before an outage.
      isGone: (holder) => holder === PROCESS_IDENTITY || livenessOf(holder) === 'gone',
      onLost: () => ended.abort(),
    });
    const onStop = () => ended.abort();
    this.#stop.signal.addEventListener('abort', onStop, { once: true });
    try {
      if (!(await lease.acquire(this.#stop.signal))) return;
      try {
        const service = await serve(lease.id, () => lease.valid);
        onServing();
        if (!ended.signal.aborted)
          await new Promise((resolve) => ended.signal.addEventListener('abort', resolve, { once: true }));
        await (lease.valid ? service.stop() : service.abandon());
      } finally {
        await lease.release().catch((error: unknown) => {
          logger.warn({ err: error }, 'could not give the lease back; it runs out by itself');
        });
      }
    } finally {
      this.#stop.signal.removeEventListener('abort', onStop);
    }
  }

  /** Stops serving and gives the lease back. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }
}

import type { ShardLease } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';

/** A worker's service for the accounts of one shard that it owns. It starts when it is created. */
export interface ShardService {
  /** Resolves when the service has started completely; rejects if it cannot start. */
  readonly begun: Promise<void>;
  /** Closes every connection and sends nothing until {@link resume}, because the lease is in doubt. */
  suspend(): void;
  /** Continues with the waiting work: the lease is confirmed. */
  resume(): void;
  /**
   * Finishes running tasks, puts the other fetched jobs back, and closes every connection. Limited in time. Never
   * throws.
   */
  stop(): Promise<void>;
  /**
   * Closes every connection at once and writes nothing, since another worker may own the accounts in a moment. Never
   * throws.
   */
  abandon(): Promise<void>;
}

export interface HeldShardOptions {
  lease: ShardLease;
  logger: Logger;
  serve: (lease: ShardLease) => ShardService;
  /** Called once, when the service has ended and no connection of the shard's accounts is open. */
  onEnded: () => void;
}

/**
 * A shard that this worker owns, from acquiring its lease to the end of it.
 *
 * ```
 * serving ──leave()──▶ leaving ──▶ lease released, ended
 *    └──lease lost──▶ abandoned, ended
 * ```
 */
export class HeldShard {
  readonly #options: HeldShardOptions;
  readonly #service: ShardService;
  #state: 'serving' | 'leaving' | 'ended' = 'serving';

  constructor(options: HeldShardOptions) {
    this.#options = options;
    this.#service = options.serve(options.lease);
    this.#service.begun.catch((error: unknown) => {
      this.#log.error({ err: error }, 'the shard cannot be served');
      void this.leave();
    });
  }

  /** Resolves when the service has started, or has failed to. */
  async begun(): Promise<void> {
    await this.#service.begun.catch(() => {});
  }

  /** Renews the lease. If that is refused, the service is abandoned at once. */
  async renew(): Promise<void> {
    const { lease } = this.#options;
    const doubted = !lease.valid;
    const renewed = await lease.renew();
    if (this.#state === 'ended') return;
    if (!renewed) await this.#lose('another worker owns it');
    else if (doubted && lease.valid) this.#service.resume();
  }

  /** Suspends the service while Redis is unreachable: another worker may own the shard when it is back. */
  suspend(): void {
    if (this.#state !== 'ended') this.#service.suspend();
  }

  /** Abandons the service if the lease has expired by the local clock. Needs no Redis. */
  async checkClock(): Promise<void> {
    if (this.#state !== 'ended' && this.#options.lease.hasExpired)
      await this.#lose('it could not be renewed in time');
  }

  /** Stops gracefully and releases the lease, so that the next owner can start at once. */
  async leave(): Promise<void> {
    const { lease, onEnded } = this.#options;
    if (this.#state !== 'serving') return;
    this.#state = 'leaving';
    await this.#service.stop();
    if (this.#isEnded()) return;
    this.#state = 'ended';
    await lease.release().catch((error: unknown) => {
      this.#log.warn({ err: error }, 'could not release the lease; it expires by itself');
    });
    onEnded();
  }

  async #lose(why: string): Promise<void> {
    const { lease, onEnded } = this.#options;
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    lease.invalidate();
    this.#log.error({ why }, 'the lease on a shard is lost; this worker sends nothing more for it');
    await this.#service.abandon();
    onEnded();
  }

  /** Read again after each await: the lease may have been lost meanwhile. */
  #isEnded(): boolean {
    return this.#state === 'ended';
  }

  get #log(): Logger {
    return this.#options.logger.child({ shard: this.#options.lease.shard });
  }
}

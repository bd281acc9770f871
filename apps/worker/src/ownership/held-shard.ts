import type { ShardLease } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';

/** What a worker does for a shard's accounts while they are its own, from the moment it is made. */
export interface ShardService {
  /** Resolves when all of it has begun; rejects where it cannot. */
  readonly begun: Promise<void>;
  /** Whether the lease still holds is not known: every connection is closed at once, and nothing is sent until {@link resume}. */
  suspend(): void;
  /** The lease holds again: goes on with what was left lying. */
  resume(): void;
  /** Ends what is under way, puts back the rest, closes every connection. Bounded in time. Never throws. */
  stop(): Promise<void>;
  /** Closes every connection at once and writes nothing: the accounts may be another worker's in a moment. Never throws. */
  abandon(): Promise<void>;
}

export interface HeldShardOptions {
  lease: ShardLease;
  logger: Logger;
  serve: (lease: ShardLease) => ShardService;
  /** Called once, when nothing is done for the shard any more and no connection of its accounts is open. */
  onEnded: () => void;
}

/**
 * A shard that is this worker's, from the lease to its end.
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

  /** Resolves when serving has begun, or could not. */
  async begun(): Promise<void> {
    await this.#service.begun.catch(() => {});
  }

  /** Asks Redis for more time; without it everything ends at once. */
  async renew(): Promise<void> {
    const { lease } = this.#options;
    const doubted = !lease.valid;
    const renewed = await lease.renew();
    if (this.#state === 'ended') return;
    if (!renewed) await this.#lose('it is not ours any more');
    else if (doubted && lease.valid) this.#service.resume();
  }

  /** Redis is lost: it may come back with another owner in it. */
  suspend(): void {
    if (this.#state !== 'ended') this.#service.suspend();
  }

  /** Ends everything where the lease has run out by our own clock. Needs no Redis. */
  async checkClock(): Promise<void> {
    if (this.#state !== 'ended' && this.#options.lease.runOut)
      await this.#lose('it could not be renewed in time');
  }

  /** Hands the shard over in good order: whoever is next may begin at once. */
  async leave(): Promise<void> {
    const { lease, onEnded } = this.#options;
    if (this.#state !== 'serving') return;
    this.#state = 'leaving';
    await this.#service.stop();
    if (this.#isEnded()) return;
    this.#state = 'ended';
    await lease.release().catch((error: unknown) => {
      this.#log.warn({ err: error }, 'could not give the lease back; it runs out by itself');
    });
    onEnded();
  }

  async #lose(why: string): Promise<void> {
    const { lease, onEnded } = this.#options;
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    lease.give();
    this.#log.error({ why }, 'the lease on a shard is lost; its sends stop here');
    await this.#service.abandon();
    onEnded();
  }

  /** Asked anew after a wait: it may have been lost meanwhile. */
  #isEnded(): boolean {
    return this.#state === 'ended';
  }

  get #log(): Logger {
    return this.#options.logger.child({ shard: this.#options.lease.shard });
  }
}

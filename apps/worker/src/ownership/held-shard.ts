import type { ShardLease } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';

/** What a worker does for a shard's accounts while they are its own. */
export interface ShardService {
  /** The lease was in doubt for a while, and holds again: goes on with what was left lying. */
  resume(): void;
  /** Ends what is under way, puts back the rest, closes every client. Bounded in time. Never throws. */
  stop(): Promise<void>;
  /** Closes every client at once and writes nothing: the accounts may be another worker's in a moment. Never throws. */
  abandon(): Promise<void>;
}

export interface HeldShardOptions {
  lease: ShardLease;
  logger: Logger;
  serve: (lease: ShardLease) => Promise<ShardService>;
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
  readonly #service: Promise<ShardService>;
  #state: 'serving' | 'leaving' | 'ended' = 'serving';

  constructor(options: HeldShardOptions) {
    this.#options = options;
    this.#service = options.serve(options.lease);
    this.#service.catch((error: unknown) => {
      this.#log.error({ err: error }, 'the shard cannot be served');
      void this.#release();
    });
  }

  /** Resolves when serving has begun, or could not. */
  async begun(): Promise<void> {
    await this.#service.catch(() => {});
  }

  /** Asks Redis for more time; without it everything ends at once. */
  async renew(): Promise<void> {
    const { lease } = this.#options;
    const doubted = !lease.valid;
    const renewed = await lease.renew();
    if (this.#state === 'ended') return;
    if (!renewed) await this.#lose('it is not ours any more');
    else if (doubted && lease.valid) (await this.#service.catch(() => null))?.resume();
  }

  /** Ends everything where the lease has run out by our own clock. Needs no Redis. */
  async checkClock(): Promise<void> {
    if (this.#state !== 'ended' && this.#options.lease.runOut)
      await this.#lose('it could not be renewed in time');
  }

  /** Hands the shard over in good order: whoever is next may begin at once. */
  async leave(): Promise<void> {
    if (this.#state !== 'serving') return;
    this.#state = 'leaving';
    const service = await this.#service.catch(() => null);
    await service?.stop();
    await this.#release();
  }

  async #lose(why: string): Promise<void> {
    const { lease, onEnded } = this.#options;
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    lease.give();
    this.#log.error({ why }, 'the lease on a shard is lost; its sends stop here');
    await (await this.#service.catch(() => null))?.abandon();
    onEnded();
  }

  async #release(): Promise<void> {
    const { lease, onEnded } = this.#options;
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    await lease.release().catch((error: unknown) => {
      this.#log.warn({ err: error }, 'could not give the lease back; it runs out by itself');
    });
    onEnded();
  }

  get #log(): Logger {
    return this.#options.logger.child({ shard: this.#options.lease.shard });
  }
}

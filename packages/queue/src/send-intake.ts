import type { AccountView, GatewayError } from '@gateway/contracts';
import type { Redis } from 'ioredis';
import { acceptSend, type AcceptOptions, type Admission } from './accept-send.ts';
import { acceptSends, takeBack, type PlacedSend } from './accept-sends.ts';
import { Bells } from './bells.ts';
import type { RedisCalls } from './redis-calls.ts';

export interface IntakeOptions extends Omit<AcceptOptions, 'bells'> {
  redis: Redis;
  calls: RedisCalls;
  shards: number;
}

/** Takes messages into the queues of their accounts and tells the workers. What Redis was asked to take and nobody was told of is taken back. */
export class SendIntake {
  readonly #options: IntakeOptions & AcceptOptions;

  constructor(options: IntakeOptions) {
    this.#options = { ...options, bells: new Bells(options.redis, options.shards) };
  }

  /** As {@link acceptSend}. */
  one(placed: PlacedSend, admission: Admission): Promise<AccountView> {
    return this.#options.calls.run(
      () => acceptSend(placed, admission, this.#options),
      () => this.#takeBack([placed]),
    );
  }

  /** As {@link acceptSends}. */
  async many(placed: readonly PlacedSend[]): Promise<ReadonlyMap<PlacedSend, GatewayError>> {
    const { accounts, calls } = this.#options;
    const refused = await calls.run(
      () => acceptSends((userId) => accounts.of(userId), placed, this.#options),
      () => this.#takeBack(placed),
    );
    this.#options.bells.ringFor(placed.filter((send) => !refused.has(send)));
    return refused;
  }

  #takeBack(placed: readonly PlacedSend[]): Promise<void> {
    return takeBack((userId) => this.#options.accounts.of(userId), placed);
  }
}

import { GatewayError, type AccountView } from '@gateway/contracts';
import type { Redis } from 'ioredis';
import { AcceptScript } from './accept-script.ts';
import { acceptSends, type AcceptOptions, type Admission } from './accept-sends.ts';
import { Bells } from './bells.ts';
import type { PlacedSend } from './place-send.ts';
import type { Call, RedisCalls } from './redis-calls.ts';
import { takeBack } from './take-back.ts';

export interface IntakeOptions extends Omit<AcceptOptions, 'bells' | 'script'> {
  redis: Redis;
  calls: RedisCalls;
  shards: number;
}

/** Takes messages into the queues of their accounts and tells the workers. What Redis took and nobody was told of is taken back. */
export class SendIntake {
  readonly #options: IntakeOptions & AcceptOptions;

  constructor(options: IntakeOptions) {
    const { redis, shards, maxPending } = options;
    const script = new AcceptScript(redis, maxPending);
    this.#options = { ...options, script, bells: new Bells(redis, shards) };
  }

  /**
   * @returns the view that the message was admitted by.
   * @throws {GatewayError} `QUEUE_FULL`, `IDEMPOTENCY_MISMATCH`, `QUEUE_UNAVAILABLE`, or what `admission` throws.
   */
  async one(send: PlacedSend, admission: Admission): Promise<AccountView> {
    const [outcome] = await this.#options.calls.run(
      (call) => acceptSends([send], admission, this.#options, call),
      this.#undo([send]),
    );
    if (outcome === undefined || outcome instanceof GatewayError) throw GatewayError.from(outcome);
    return outcome.view;
  }

  /**
   * Messages of any accounts, each account's in the order given.
   * @returns why those were not accepted that were not, as {@link one} throws.
   * @throws {GatewayError} `QUEUE_UNAVAILABLE`: none is accepted then.
   */
  async many(
    sends: readonly PlacedSend[],
    admission: Admission,
  ): Promise<ReadonlyMap<PlacedSend, GatewayError>> {
    const refused = new Map<PlacedSend, GatewayError>();
    const accept = async (ofOne: readonly PlacedSend[], call: Call) => {
      const outcomes = await acceptSends(ofOne, admission, this.#options, call);
      for (const [index, send] of ofOne.entries()) {
        const outcome = outcomes[index];
        if (outcome instanceof GatewayError) refused.set(send, outcome);
      }
    };
    await this.#options.calls.run(
      (call) => Promise.all(byAccount(sends).map((ofOne) => accept(ofOne, call))),
      this.#undo(sends),
    );
    return refused;
  }

  /** Takes messages back that nobody was told of. Those with a key are kept: an earlier caller may have been told. */
  #undo(sends: readonly PlacedSend[]): () => Promise<void> {
    const places = sends.flatMap(({ idempotencyKey, job: { userId }, jobId }) =>
      idempotencyKey === undefined ? [{ userId, jobId }] : [],
    );
    return async () => {
      for (const { userId, jobId } of places) await takeBack(this.#options.redis, userId, jobId);
    };
  }
}

function byAccount(sends: readonly PlacedSend[]): PlacedSend[][] {
  const accounts = new Map<string, PlacedSend[]>();
  for (const send of sends) {
    const { userId } = send.job;
    const others = accounts.get(userId);
    if (others === undefined) accounts.set(userId, [send]);
    else others.push(send);
  }
  return [...accounts.values()];
}

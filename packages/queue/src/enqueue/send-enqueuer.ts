import { GatewayError } from '@gateway/contracts';
import { LRUCache } from 'lru-cache';
import { accountPrefix } from '../keys.ts';
import { withdrawJob } from '../line/withdraw-job.ts';
import { MOST_RUNS } from '../redis/batched-script.ts';
import type { RedisClient } from '../redis/clients.ts';
import { inDoubt, newCall, unavailable, type Call, type RedisCalls } from '../redis/redis-calls.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import { EnqueueScript } from './enqueue-script.ts';
import { enqueueSends, type EnqueueOptions, type EnqueueOutcome, type Admission } from './enqueue-sends.ts';
import type { PlacedJob } from './place-job.ts';

export interface SendEnqueuerOptions extends Omit<EnqueueOptions, 'script'> {
  redis: RedisClient;
  calls: RedisCalls;
  clock: RedisClock;
}

/** Most messages with an Idempotency-Key whose outcome is unknown that are remembered at a time. */
const MOST_IN_DOUBT = 10_000;

/** Enqueues messages and notifies their owners. */
export class SendEnqueuer {
  readonly #options: SendEnqueuerOptions & EnqueueOptions;
  /**
   * Jobs with an Idempotency-Key of which Redis has not said whether it enqueued them. A repeat that fails also has an
   * unknown outcome.
   */
  readonly #inDoubt = new LRUCache<string, true>({ max: MOST_IN_DOUBT });

  constructor(options: SendEnqueuerOptions) {
    const { redis, clock, maxPending } = options;
    const script = new EnqueueScript(redis, maxPending, clock);
    this.#options = { ...options, script };
  }

  /**
   * Enqueues one message.
   * @returns the view that the message was admitted by, and whether its key had a job already.
   * @throws {GatewayError} `QUEUE_FULL`, `IDEMPOTENCY_MISMATCH`, `QUEUE_UNAVAILABLE` (with the job's id where it may
   * have been enqueued), or what `admission` throws.
   */
  async one(send: PlacedJob, admission: Admission): Promise<Exclude<EnqueueOutcome, GatewayError>> {
    const [outcome] = await this.#together([send], admission, callFor(send));
    if (outcome === undefined || outcome instanceof GatewayError) throw GatewayError.from(outcome);
    return outcome;
  }

  /**
   * Enqueues messages of any accounts, each account's in the order given.
   * @returns for each message that was not enqueued, why not (as {@link one} throws).
   * @throws {GatewayError} `QUEUE_UNAVAILABLE` where all of them failed with it.
   */
  async many(
    sends: readonly PlacedJob[],
    admission: Admission,
  ): Promise<ReadonlyMap<PlacedJob, GatewayError>> {
    const refused = new Map<PlacedJob, GatewayError>();
    const { endsAt } = newCall();
    await Promise.all(
      byAccount(sends).map(async (ofOne) => {
        const [first] = ofOne;
        // A change of the account cannot split one command, so the messages in it keep their order.
        for (let from = 0; from < ofOne.length; from += MOST_RUNS) {
          const sends = ofOne.slice(from, from + MOST_RUNS);
          const outcomes = await this.#together(sends, admission, { ...callFor(first), endsAt });
          for (const [index, send] of sends.entries()) {
            const outcome = outcomes[index];
            if (outcome instanceof GatewayError) refused.set(send, outcome);
          }
        }
      }),
    );
    const reasons = sends.flatMap((send) => refused.get(send) ?? []);
    const [first] = reasons;
    if (first !== undefined && reasons.length === sends.length && reasons.every(isAway))
      throw reasons.some(isDoubted) ? inDoubt(first.cause) : unavailable(first.cause);
    return refused;
  }

  /** Enqueues messages of one account in one command. Throws only for bugs. */
  async #together(sends: readonly PlacedJob[], admission: Admission, call: Call): Promise<EnqueueOutcome[]> {
    try {
      const outcomes = await this.#options.calls.changeIn(
        call,
        () => enqueueSends(sends, admission, this.#options, call),
        () => this.#withdraw(sends),
      );
      for (const { jobId } of sends) this.#inDoubt.delete(jobId);
      return outcomes;
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      if (error.code === 'INTERNAL') throw error;
      return sends.map((send) => (isAway(error) ? this.#awayFor(send, error) : error));
    }
  }

  /** The error for this message when Redis is away. */
  #awayFor({ jobId, key }: PlacedJob, error: GatewayError): GatewayError {
    if (isDoubted(error)) {
      if (key !== undefined) this.#inDoubt.set(jobId, true);
      return error.with({ jobId });
    }
    return this.#inDoubt.has(jobId) ? inDoubt(error.cause).with({ jobId }) : error;
  }

  /**
   * Withdraws messages that were enqueued after their callers had got an error. Messages with a key stay: an earlier
   * request may have succeeded.
   */
  async #withdraw(sends: readonly PlacedJob[]): Promise<void> {
    for (const { key, data, jobId } of sends)
      if (key === undefined) await withdrawJob(this.#options.redis, data.userId, jobId);
  }
}

function callFor(send: PlacedJob | undefined): Call {
  return newCall(accountPrefix(send?.data.userId ?? ''));
}

function isAway({ code }: GatewayError): boolean {
  return code === 'QUEUE_UNAVAILABLE';
}

function isDoubted(error: GatewayError): boolean {
  return isAway(error) && error.kind === 'unknown_outcome';
}

function byAccount(sends: readonly PlacedJob[]): PlacedJob[][] {
  const accounts = new Map<string, PlacedJob[]>();
  for (const send of sends) {
    const { userId } = send.data;
    const others = accounts.get(userId);
    if (others === undefined) accounts.set(userId, [send]);
    else others.push(send);
  }
  return [...accounts.values()];
}

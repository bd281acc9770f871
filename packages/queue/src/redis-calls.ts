import { GatewayError } from '@gateway/contracts';
import { redisRefusal, sleep, withTimeout } from '@gateway/runtime';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { TooLate } from './deadline.ts';
import type { RedisClock } from './redis-clock.ts';
import { faultOf, RedisUnfit } from './redis-fault.ts';
import { ShardMismatch } from './shards.ts';

/** ms within which Redis must answer, all commands of a call together, before it counts as away. */
const CALL_TIMEOUT = 1_700;

/** ms between two looks at whether Redis still answers, for callers that wait for a job. */
const LOOK_MS = 250;

/** A call that a caller waits for. */
export interface Call {
  /** Its caller has been answered: begin nothing more for it. */
  isCutOff: boolean;
  /** When its caller is answered at the latest, by `performance.now()`. */
  readonly endsAt: number;
  /** A command that changes something was written, and Redis has not said that it did nothing. */
  mayHaveTakenEffect: boolean;
}

export function newCall(): Call {
  return { isCutOff: false, endsAt: performance.now() + CALL_TIMEOUT, mayHaveTakenEffect: false };
}

/**
 * Calls on Redis that a caller waits for. Each throws `QUEUE_UNAVAILABLE` within {@link CALL_TIMEOUT} ms when Redis is away: as `retryable` where
 * nothing was changed and nothing will be, else as `unknown_outcome`.
 */
export class RedisCalls {
  readonly #redis: Redis;
  readonly #clock: RedisClock;
  readonly #withdrawals = new Set<() => Promise<unknown>>();

  constructor(redis: Redis, clock: RedisClock) {
    this.#redis = redis;
    this.#clock = clock;
    redis.on('ready', () => void this.#withdrawAll());
  }

  /** Reads. */
  async read<T>(commands: () => Promise<T>): Promise<T> {
    return this.#run(newCall(), commands);
  }

  /** Changes something. Its commands take their deadline from {@link RedisClock}. */
  async change<T>(commands: (call: Call) => Promise<T>, withdraw?: () => Promise<unknown>): Promise<T> {
    return this.changeIn(
      newCall(),
      (call) => {
        call.mayHaveTakenEffect = true;
        return commands(call);
      },
      withdraw,
    );
  }

  /**
   * As {@link change}, within a call that the caller made. The commands themselves note whether they may have taken effect.
   * @param withdraw undoes, as far as that is possible, what took effect though its caller could not be told. It is kept until Redis can
   * be asked, so it should hold little.
   */
  async changeIn<T>(
    call: Call,
    commands: (call: Call) => Promise<T>,
    withdraw?: () => Promise<unknown>,
  ): Promise<T> {
    return this.#run(call, () => this.#inContact(call, commands), withdraw);
  }

  /**
   * Resolves once Redis has not answered for {@link CALL_TIMEOUT} ms, or to `null` when the signal is aborted.
   * All callers together ask Redis once at a time.
   */
  async outage(signal: AbortSignal): Promise<GatewayError | null> {
    let answeredAt = performance.now();
    while (!signal.aborted) {
      const left = answeredAt + CALL_TIMEOUT - performance.now();
      try {
        // At least one look's time: this process itself may have stood still.
        await withTimeout(this.#clock.contact(), Math.max(LOOK_MS, left), noAnswer);
        answeredAt = performance.now();
      } catch (error) {
        if (performance.now() - answeredAt >= CALL_TIMEOUT) return inDoubt(error);
      }
      await sleep(LOOK_MS, signal);
    }
    return null;
  }

  async #inContact<T>(call: Call, commands: (call: Call) => Promise<T>): Promise<T> {
    if (!this.#clock.isFresh) {
      await this.#clock.contact();
      if (call.isCutOff) throw new TooLate();
    }
    return commands(call);
  }

  async #run<T>(call: Call, begin: () => Promise<T>, withdraw?: () => Promise<unknown>): Promise<T> {
    if (this.#redis.status !== 'ready')
      throw unavailable(new Error(`Redis is not reachable: ${this.#why()}`));
    const work = begin();
    try {
      const left = Math.max(0, call.endsAt - performance.now());
      return await withTimeout(work, left, noAnswer);
    } catch (error) {
      if (error instanceof GatewayError || error instanceof ShardMismatch || error instanceof RedisUnfit)
        throw error;
      if (isOurFault(error)) throw GatewayError.from(error);
      call.isCutOff = true;
      if (error instanceof TooLate || isRefusal(error)) call.mayHaveTakenEffect = false;
      if (!call.mayHaveTakenEffect) throw unavailable(error);
      if (withdraw !== undefined) void this.#withdrawAfter(work, withdraw);
      throw inDoubt(error);
    }
  }

  #why(): string {
    return faultOf(this.#redis)?.reason ?? `the connection is ${this.#redis.status}`;
  }

  /** Not before the commands have ended: they could take effect after they were withdrawn. */
  async #withdrawAfter(work: Promise<unknown>, withdraw: () => Promise<unknown>): Promise<void> {
    const isDone = await work.then(
      () => true,
      (error: unknown) => !(error instanceof TooLate || isRefusal(error)),
    );
    if (!isDone) return;
    this.#withdrawals.add(withdraw);
    if (this.#redis.status === 'ready') await this.#withdrawAll();
  }

  async #withdrawAll(): Promise<void> {
    for (const withdraw of this.#withdrawals) {
      try {
        await withdraw();
        this.#withdrawals.delete(withdraw);
      } catch {
        return; // Redis is away again: the next `ready` goes on.
      }
    }
  }
}

function noAnswer(): Error {
  return new Error(`Redis did not answer within ${CALL_TIMEOUT} ms`);
}

/** Nothing was changed, and nothing will be. */
export function unavailable(cause: unknown): GatewayError {
  const refusal = redisRefusal(cause);
  const message =
    refusal === null ? undefined : `The queue (Redis) accepts no writes: ${refusal}. Nothing was queued.`;
  return new GatewayError('QUEUE_UNAVAILABLE', message, { retryAfter: 1, cause });
}

const IN_DOUBT =
  'The queue (Redis) stopped answering just as it was asked: this may have been queued, or not. ' +
  'Look at the job once the queue answers, or repeat the request under the same Idempotency-Key.';

/** Redis was asked and has not answered. */
export function inDoubt(cause: unknown): GatewayError {
  return new GatewayError('QUEUE_UNAVAILABLE', IN_DOUBT, { kind: 'unknown_outcome', retryAfter: 1, cause });
}

/** Redis' own refusal of a command, or its client's before it wrote the command: nothing was done. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // In a script that was run for several callers it comes back as plain text.
  if (redisRefusal(error) !== null) return true;
  return error.name === 'ReplyError' || error.message.startsWith("Stream isn't writeable");
}

/** What Redis and its client throw are plain errors of their own kinds; these are bugs or data that nobody here wrote. */
function isOurFault(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError, z.ZodError].some(
    (kind) => error instanceof kind,
  );
}

import { GatewayError } from '@gateway/contracts';
import { redisRefusal, sleep, withTimeout } from '@gateway/runtime';
import * as z from 'zod';
import { ShardMismatch } from '../ownership/shards.ts';
import { onRedisChange } from './contact.ts';
import { TooLate } from './deadline.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisClock } from './redis-clock.ts';
import { faultOf, RedisUnfit } from './redis-fault.ts';

/** How long Redis may take to answer all commands of a call together, in ms, before it counts as away. */
const CALL_TIMEOUT = 1_700;

/** How often to check that Redis still answers while callers wait for a job, in ms. */
const CHECK_MS = 250;

/** A group of Redis commands that a caller waits for. */
export interface Call {
  /** Its caller has been answered: start nothing more for it. */
  isCutOff: boolean;
  /** A key of the data that they change. In a cluster, its node must answer. */
  readonly key: string;
  /** The latest time at which its caller is answered, by `performance.now()`. */
  readonly endsAt: number;
  /** A command that changes something was sent, and Redis has not said that it did nothing. */
  mayHaveTakenEffect: boolean;
}

export function newCall(key = ''): Call {
  return { isCutOff: false, key, endsAt: performance.now() + CALL_TIMEOUT, mayHaveTakenEffect: false };
}

/**
 * Redis calls that a caller waits for. When Redis is away each throws `QUEUE_UNAVAILABLE` within {@link CALL_TIMEOUT}
 * ms: as `retryable` if nothing was or will be changed, else as `unknown_outcome`.
 */
export class RedisCalls {
  readonly #redis: RedisClient;
  readonly #clock: RedisClock;
  readonly #withdrawals = new Set<() => Promise<unknown>>();

  constructor(redis: RedisClient, clock: RedisClock) {
    this.#redis = redis;
    this.#clock = clock;
    onRedisChange(redis, { onRegained: () => void this.#withdrawAll() });
  }

  /** Runs commands that only read. */
  async read<T>(commands: () => Promise<T>): Promise<T> {
    return this.#run(newCall(), commands);
  }

  /**
   * Runs commands that change something. They take their deadline from {@link RedisClock}.
   * @param key of the data that they change.
   */
  async change<T>(
    key: string,
    commands: (call: Call) => Promise<T>,
    withdraw?: () => Promise<unknown>,
  ): Promise<T> {
    return this.changeIn(
      newCall(key),
      (call) => {
        call.mayHaveTakenEffect = true;
        return commands(call);
      },
      withdraw,
    );
  }

  /**
   * Like {@link change}, within a call that the caller created. The commands must set `mayHaveTakenEffect` themselves.
   * @param withdraw undoes, as far as possible, a change whose caller got an error. It is kept
   * until Redis is reachable, so it should hold little memory.
   */
  async changeIn<T>(
    call: Call,
    commands: (call: Call) => Promise<T>,
    withdraw?: () => Promise<unknown>,
  ): Promise<T> {
    return this.#run(call, () => this.#inContact(call, commands), withdraw);
  }

  /**
   * Resolves to an error once the server of `key` has not answered for {@link CALL_TIMEOUT} ms, or to `null` when the
   * signal is aborted. All callers share one request to a server at a time.
   */
  async outage(key: string, signal: AbortSignal): Promise<GatewayError | null> {
    let answeredAt = performance.now();
    while (!signal.aborted) {
      const left = answeredAt + CALL_TIMEOUT - performance.now();
      try {
        // Wait at least one interval: this process itself may have stood still.
        await withTimeout(this.#clock.contact(key), Math.max(CHECK_MS, left), noAnswer);
        answeredAt = performance.now();
      } catch (error) {
        if (performance.now() - answeredAt >= CALL_TIMEOUT) return inDoubt(error);
      }
      await sleep(CHECK_MS, signal);
    }
    return null;
  }

  async #inContact<T>(call: Call, commands: (call: Call) => Promise<T>): Promise<T> {
    if (!this.#clock.isFresh(call.key)) {
      await this.#clock.contact(call.key);
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
      if (isBug(error)) throw GatewayError.from(error);
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

  /** Withdraws only after the commands have ended: otherwise they could take effect after the withdrawal. */
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
        return; // Redis is away again: the next `ready` continues.
      }
    }
  }
}

/** Redis, or the process itself, took too long; the connection may be fine. */
class NoAnswer extends Error {}

function noAnswer(): Error {
  return new NoAnswer(`Redis did not answer within ${CALL_TIMEOUT} ms`);
}

/** The error for a call that changed nothing and never will. */
export function unavailable(cause: unknown): GatewayError {
  return new GatewayError('QUEUE_UNAVAILABLE', whyUnavailable(cause), { retryAfter: 1, cause });
}

/** `undefined`: Redis is not reachable, as the code's own sentence says. */
function whyUnavailable(cause: unknown): string | undefined {
  if (cause instanceof NoAnswer)
    return 'The queue (Redis) did not answer in time: it is reachable, but slow or busy.';
  const refusal = redisRefusal(cause);
  return refusal === null
    ? undefined
    : `The queue (Redis) accepts no writes: ${refusal}. Nothing was queued.`;
}

const IN_DOUBT =
  'The queue (Redis) stopped answering during the request: it may have been queued, or not. ' +
  'Read the job once the queue answers, or repeat the request under the same Idempotency-Key.';

/** The error for a call that Redis has not answered. */
export function inDoubt(cause: unknown): GatewayError {
  return new GatewayError('QUEUE_UNAVAILABLE', IN_DOUBT, { kind: 'unknown_outcome', retryAfter: 1, cause });
}

/** Errors of the client for commands that it did not send, or that every node redirected. */
const NOT_SENT = /^(Stream isn't writeable|Cluster isn't ready|Too many Cluster redirections)/;

/** Redis refused the command, or its client did before sending it: nothing was done. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A script that runs for several callers returns the refusal as plain text.
  if (redisRefusal(error) !== null) return true;
  return error.name === 'ReplyError' || NOT_SENT.test(error.message);
}

/**
 * Whether the error means a bug, or data that another program wrote. Errors of Redis and of its client have other
 * classes.
 */
function isBug(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError, z.ZodError].some(
    (kind) => error instanceof kind,
  );
}

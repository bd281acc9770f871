import { GatewayError } from '@gateway/contracts';
import { withTimeout } from '@gateway/runtime';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { ShardMismatch } from './shards.ts';

/** ms within which Redis must answer, all commands of a call together, before it counts as away. */
const CALL_TIMEOUT = 1_800;

/** What somebody waits for. */
export interface Call {
  /** Its caller has been told that Redis is away: nothing may be begun for it any more. */
  isCutOff: boolean;
}

/**
 * Calls on Redis that a caller waits for: each throws `QUEUE_UNAVAILABLE` within {@link CALL_TIMEOUT} ms when Redis is away; what a call
 * that was cut off so may yet do is taken back once it has done it.
 */
export class RedisCalls {
  readonly #redis: Redis;
  readonly #orphans = new Set<() => Promise<unknown>>();

  constructor(redis: Redis) {
    this.#redis = redis;
    redis.on('ready', () => void this.#undoOrphans());
  }

  /**
   * Runs commands under the time limit.
   * @param undo takes back what commands that were cut off have done after all: Redis that was frozen works off what it had received when
   * it wakes. Kept until Redis can be asked, so it should hold little.
   */
  async run<T>(commands: (call: Call) => Promise<T>, undo?: () => Promise<unknown>): Promise<T> {
    if (this.#redis.status !== 'ready')
      throw unavailable(new Error(`Redis connection is ${this.#redis.status}`));
    const call = { isCutOff: false };
    const work = commands(call);
    try {
      return await withTimeout(
        work,
        CALL_TIMEOUT,
        () => new Error(`Redis did not answer within ${CALL_TIMEOUT} ms`),
      );
    } catch (error) {
      if (error instanceof GatewayError || error instanceof ShardMismatch) throw error;
      if (isOurFault(error)) throw GatewayError.from(error);
      call.isCutOff = true;
      if (undo !== undefined) void this.#undoAfter(work, undo);
      throw unavailable(error);
    }
  }

  /** Not before: commands that are still on their way could take effect after they were taken back. */
  async #undoAfter(work: Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
    await work.catch(() => {});
    this.#orphans.add(undo);
    if (this.#redis.status === 'ready') await this.#undoOrphans();
  }

  async #undoOrphans(): Promise<void> {
    for (const undo of this.#orphans) {
      try {
        await undo();
        this.#orphans.delete(undo);
      } catch {
        return; // Redis is away again: the next `ready` goes on.
      }
    }
  }
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError('QUEUE_UNAVAILABLE', undefined, { retryAfter: 1, cause });
}

/** What Redis and its client throw are plain errors of their own kinds; these are bugs or data that nobody here wrote. */
function isOurFault(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError, z.ZodError].some(
    (kind) => error instanceof kind,
  );
}

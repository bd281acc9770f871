import { GatewayError } from '@gateway/contracts';
import { withTimeout } from '@gateway/runtime';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { ShardMismatch } from './shards.ts';

/** ms within which Redis must answer, all commands of a call together, before it counts as away. */
const CALL_TIMEOUT = 1_800;

/**
 * Calls on Redis that a caller waits for: each throws `QUEUE_UNAVAILABLE` within {@link CALL_TIMEOUT} ms when Redis is away; what a call
 * that was cut off so may yet do is taken back as soon as Redis answers again.
 */
export class RedisCalls {
  readonly #redis: Redis;
  readonly #orphans = new Set<() => Promise<unknown>>();

  constructor(redis: Redis) {
    this.#redis = redis;
    redis.on('ready', () => void this.#undoOrphans());
  }

  /**
   * Runs commands under the time limit. `undo` takes back what commands cut off by the limit may yet do: Redis that was frozen works off
   * what it had received when it wakes.
   */
  async run<T>(commands: () => Promise<T>, undo?: () => Promise<unknown>): Promise<T> {
    try {
      if (this.#redis.status !== 'ready') throw new Error(`Redis connection is ${this.#redis.status}`);
      return await withTimeout(
        commands(),
        CALL_TIMEOUT,
        () => new Error(`Redis did not answer within ${CALL_TIMEOUT} ms`),
      );
    } catch (error) {
      if (error instanceof GatewayError || error instanceof ShardMismatch) throw error;
      if (isOurFault(error)) throw GatewayError.from(error);
      if (undo !== undefined) this.#orphans.add(undo);
      if (this.#redis.status === 'ready') void this.#undoOrphans();
      throw new GatewayError('QUEUE_UNAVAILABLE', undefined, { retryAfter: 1, cause: error });
    }
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

/** What Redis and its client throw are plain errors of their own kinds; these are bugs or data that nobody here wrote. */
function isOurFault(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError, z.ZodError].some(
    (kind) => error instanceof kind,
  );
}

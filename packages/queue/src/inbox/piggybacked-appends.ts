import { setImmediate as nextTurn } from 'node:timers/promises';
import { fenceKey } from '../keys.ts';
import { Fenced } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import { APPEND } from './append-script.ts';

/** Most arguments of an append that is part of another script, so that it does not delay the end of a job. */
const MOST_ARGUMENTS = 250;

/** An append that another script may run. Exactly one of its methods must be called. */
export interface PiggybackedAppend {
  readonly fence: string;
  readonly args: readonly string[];
  /** The script has run the append. @param reply that of `append_events`; an error's text if it failed. */
  settle(reply: unknown): void;
  /** The script has not run the append: runs it by itself. */
  alone(): void;
  fail(error: unknown): void;
}

/**
 * Runs appends of events. An own message ends its job and is an event in the same turn of the event loop: the script
 * that ends the job then also appends, which saves a command for each message.
 */
export class PiggybackedAppends {
  readonly #redis: RedisClient;
  /** Appends of this turn of the event loop, by account. */
  readonly #waiting = new Map<string, PiggybackedAppend>();
  readonly #receiving = new Set<string>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * Runs an append, at the end of this turn of the event loop at the latest. Call it for one append of an account after
   * the other.
   * @returns the reply of the script.
   */
  run(userId: string, fence: string, args: readonly string[]): Promise<unknown> {
    this.#receiving.add(userId);
    return new Promise((resolve, reject) => {
      const alone = () => void APPEND.run(this.#redis, [fenceKey(userId)], args).then(resolve, reject);
      if (args.length > MOST_ARGUMENTS) return alone();
      const settle = (reply: unknown) =>
        Array.isArray(reply)
          ? resolve(reply)
          : reject(new Error(`events were not appended: ${String(reply)}`));
      const append: PiggybackedAppend = { fence, args, settle, alone, fail: reject };
      this.#waiting.set(userId, append);
      setImmediate(() => {
        if (this.#waiting.get(userId) === append) this.#take(userId)?.alone();
      });
    });
  }

  /** Whether an end of a job of this account may find an append to take. */
  mayTake(userId: string): boolean {
    return this.#receiving.has(userId);
  }

  /**
   * Takes the append of this turn of the event loop, if there is one.
   * @param fence of the owner that takes it. The worker may own the account anew, and an append of the new owner would
   * be fenced together with the end of a former owner's job.
   */
  async take(userId: string, fence: string): Promise<PiggybackedAppend | undefined> {
    if (!this.#waiting.has(userId)) await nextTurn();
    return this.#waiting.get(userId)?.fence === fence ? this.#take(userId) : undefined;
  }

  #take(userId: string): PiggybackedAppend | undefined {
    const append = this.#waiting.get(userId);
    this.#waiting.delete(userId);
    return append;
  }
}

/**
 * Passes on how the append ended.
 * @param reply of the script that ended the job; the reply of the append is the fourth. There is none if it is fenced.
 */
export function settleAppend(append: PiggybackedAppend, userId: string, reply: unknown): void {
  const appended: unknown = Array.isArray(reply) ? reply[3] : undefined;
  if (appended === undefined) append.fail(new Fenced(userId));
  else append.settle(appended);
}

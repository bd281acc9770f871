import type { Redis } from 'ioredis';
import type { PlacedSend } from './accept-sends.ts';
import { ringDoorbell, ringForSends } from './doorbell.ts';
import { shardOf } from './shards.ts';

/**
 * Rings for messages that are accepted; for a single one as soon as it is on its way to Redis, a round trip earlier than after it was added: on
 * one connection the bell cannot overtake it. Save where Redis does not know the script that adds it, and has to be sent it again: so it is rung
 * early only after one was added. Nobody waits for a bell, and one that is not heard only costs the messages the time until the next sweep.
 */
export class Bells {
  readonly #redis: Redis;
  readonly #shards: number;
  #mayRingEarly = false;

  constructor(redis: Redis, shards: number) {
    this.#redis = redis;
    this.#shards = shards;
    // The Redis that comes back may be another one.
    redis.on('close', () => {
      this.#mayRingEarly = false;
    });
  }

  /** Whether single messages are rung for early from here on. */
  get areEarly(): boolean {
    return this.#mayRingEarly;
  }

  /** A single message of the account, due at once, is on its way. */
  ringEarly(userId: string): void {
    if (this.#mayRingEarly) ringDoorbell(this.#redis, shardOf(userId, this.#shards), userId).catch(() => {});
  }

  /** These have been added. `isAlone`: as the only one of its call, which began at `begun` (ms since the epoch), when bells were early or not. */
  ringFor(
    added: readonly PlacedSend[],
    { isAlone, begun, wereEarly }: { isAlone: boolean; begun: number; wereEarly: boolean },
  ): void {
    const [first] = added;
    if (first === undefined) return;
    const wasOnItsWay = isAlone && (first.sendAt ?? 0) <= begun;
    if (!wasOnItsWay || !wereEarly || !this.#mayRingEarly)
      ringForSends(this.#redis, this.#shards, added, Date.now()).catch(() => {});
    if (wasOnItsWay) this.#mayRingEarly = true;
  }
}

import type { Redis } from 'ioredis';
import type { PlacedSend } from './accept-sends.ts';
import { ringDoorbell, ringForSends } from './doorbell.ts';
import { shardOf } from './shards.ts';

/** Accounts that are remembered to have a line. */
const MAX_KNOWN = 10_000;

/**
 * Rings for messages that are accepted; for a single one as soon as it is on its way to Redis, a round trip earlier than after it was added: on
 * one connection the bell cannot overtake it. Save where Redis does not know the script that adds it, and has to be sent it again: so it is rung
 * early only after one was added. A message that joins a line which was rung for needs no bell: the worker comes to each that is in it. Nobody
 * waits for a bell, and one that is not heard only costs the messages the time until the next sweep.
 */
export class Bells {
  readonly #redis: Redis;
  readonly #shards: number;
  /** Connections that were lost. */
  #losses = 0;
  #mayRingEarly = false;
  /** Accounts that were rung for, over this connection, while they had a line, as the last message added has found it. */
  readonly #haveLine = new Set<string>();

  constructor(redis: Redis, shards: number) {
    this.#redis = redis;
    this.#shards = shards;
    redis.on('close', () => {
      // The Redis that comes back may be another one.
      this.#losses += 1;
      this.#mayRingEarly = false;
      this.#haveLine.clear();
    });
  }

  /** For a single message of the account, due at once. */
  forNow(userId: string): MessageBell {
    return new BellForNow(this, userId);
  }

  /** For a single message of the account, due at `at` (ms since the epoch). */
  forLater(userId: string, at: number): MessageBell {
    return { onItsWay: () => {}, onAdded: () => this.ring(userId, at) };
  }

  /** For messages that were added. */
  ringFor(added: readonly PlacedSend[]): void {
    ringForSends(this.#redis, this.#shards, added, Date.now()).catch(() => {});
  }

  /** Rings for a message on its way, if it may. @returns what {@link added} is to be told of it. */
  ringEarly(userId: string): number | undefined {
    if (!this.#mayRingEarly || this.#haveLine.has(userId)) return undefined;
    this.ring(userId);
    return this.#losses;
  }

  /** A message due at once has joined the line, behind so many others. */
  added(userId: string, waiting: number, rungAt: number | undefined): void {
    this.#mayRingEarly = true;
    if (waiting > 0 && this.#haveLine.has(userId)) return;
    if (rungAt !== this.#losses) this.ring(userId);
    if (waiting === 0) this.#haveLine.delete(userId);
    else if (this.#haveLine.size < MAX_KNOWN) this.#haveLine.add(userId);
  }

  ring(userId: string, at?: number): void {
    ringDoorbell(this.#redis, shardOf(userId, this.#shards), userId, at).catch(() => {});
  }
}

/** Told of a message, which it rings for at the one moment or the other. */
export interface MessageBell {
  /** The command that adds it is written to the connection, and not answered yet: what is written now comes right behind it. */
  onItsWay: () => void;
  /** It has joined the line, behind so many others. */
  onAdded: (waiting: number) => void;
}

class BellForNow implements MessageBell {
  readonly #bells: Bells;
  readonly #userId: string;
  #rungAt: number | undefined;

  constructor(bells: Bells, userId: string) {
    this.#bells = bells;
    this.#userId = userId;
  }

  onItsWay(): void {
    this.#rungAt = this.#bells.ringEarly(this.#userId);
  }

  onAdded(waiting: number): void {
    this.#bells.added(this.#userId, waiting, this.#rungAt);
  }
}

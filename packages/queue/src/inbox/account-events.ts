import type { Receiving } from '@gateway/contracts';
import type { RedisAddress, Sealer } from '@gateway/runtime';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import { EventNotices, type EventWatch } from './event-notices.ts';
import { EventReader, type EventPage } from './event-reader.ts';

/** The API's side of the events of accounts. Throws `QUEUE_UNAVAILABLE` while Redis is away. */
export class AccountEvents {
  readonly #calls: RedisCalls;
  readonly #reader: EventReader;
  readonly #notices: EventNotices;

  constructor(
    redis: RedisClient,
    calls: RedisCalls,
    {
      redisAddress,
      shards,
      sealer,
      eventRetentionMs = Infinity,
    }: { redisAddress: RedisAddress; shards: number; sealer: Sealer; eventRetentionMs?: number },
  ) {
    this.#calls = calls;
    this.#reader = new EventReader(redis, sealer, eventRetentionMs);
    this.#notices = new EventNotices(redis, redisAddress, shards);
  }

  /** How the account receives, as its status shows it. */
  async receiving(userId: string): Promise<Receiving> {
    return this.#calls.read(() => this.#reader.receiving(userId));
  }

  /** Reads at most `limit` events after the number `after`. */
  async read(userId: string, after: number, limit: number): Promise<EventPage> {
    return this.#calls.read(() => this.#reader.read(userId, after, limit));
  }

  /** Notices new events of the account. The caller must close the watch. */
  watch(userId: string): EventWatch {
    return this.#notices.watch(userId);
  }

  /** Waits until a {@link watch} of the account misses no live event; while Redis is away, only for a second. */
  listening(userId: string): Promise<void> {
    return this.#notices.listening(userId);
  }

  close(): void {
    this.#notices.close();
  }
}

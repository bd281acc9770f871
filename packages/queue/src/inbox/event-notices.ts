import type { LiveEvent } from '@gateway/contracts';
import { sleep, type RedisAddress } from '@gateway/runtime';
import { eventsChannel, receivingKey } from '../keys.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Subscriber } from '../redis/subscriber.ts';

/** How often the numbers of watched accounts are read, ms. It finds events whose message was lost. */
const READ_MS = 30_000;

/** Accounts that are read at a time, so that thousands do not stop everything else meanwhile. */
const CHUNK = 500;

/** Longest wait for a subscription, ms. Redis answers at once, or is away. */
const SUBSCRIBE_MS = 1_000;

/** Most live events that wait for a slow reader. Further ones are dropped. */
const MOST_LIVE = 32;

/** A message on {@link eventsChannel}. */
export type EventNotice =
  | { userId: string; is: 'appended'; lastSeq: number }
  | { userId: string; is: 'live'; event: LiveEvent }
  | { userId: string; is: 'off' };

/** The cast is safe: only `Inbox` publishes on the channel. */
export function parseNotice(message: string): EventNotice {
  const space = message.indexOf(' ');
  const userId = message.slice(0, space);
  const rest = message.slice(space + 1);
  if (rest === 'off') return { userId, is: 'off' };
  if (rest.startsWith('{')) return { userId, is: 'live', event: JSON.parse(rest) as LiveEvent };
  return { userId, is: 'appended', lastSeq: Number(rest) };
}

/**
 * Notices new events of watched accounts, for callers that wait. One connection and one timer serve all watches, so a
 * watch of an account without events costs nothing.
 */
export class EventNotices {
  readonly #redis: RedisClient;
  readonly #address: RedisAddress;
  readonly #shards: number;
  readonly #watches = new Map<string, Set<EventWatch>>();
  /** By shard; each resolves once its subscription is active. */
  readonly #subscriptions = new Map<number, Promise<void>>();
  #subscriber: Subscriber | undefined;
  #reading: NodeJS.Timeout | undefined;

  /** @param redis this process' client of the same Redis. */
  constructor(redis: RedisClient, address: RedisAddress, shards: number) {
    this.#redis = redis;
    this.#address = address;
    this.#shards = shards;
  }

  /** Notices the account's events from now on; call it before reading. The caller must close the watch. */
  watch(userId: string): EventWatch {
    void this.#listen(shardOf(userId, this.#shards));
    const watch: EventWatch = new EventWatch(() => this.#remove(userId, watch));
    const others = this.#watches.get(userId);
    if (others === undefined) this.#watches.set(userId, new Set([watch]));
    else others.add(watch);
    this.#reading ??= setInterval(() => void this.#read(), READ_MS).unref();
    return watch;
  }

  /** Waits until a {@link watch} of the account misses no live event; while Redis is away, only for a second. */
  async listening(userId: string): Promise<void> {
    const over = new AbortController();
    const subscribed = this.#listen(shardOf(userId, this.#shards));
    await Promise.race([subscribed, sleep(SUBSCRIBE_MS, over.signal)]);
    over.abort();
  }

  #remove(userId: string, watch: EventWatch): void {
    const others = this.#watches.get(userId);
    others?.delete(watch);
    if (others?.size === 0) this.#watches.delete(userId);
    if (this.#watches.size > 0) return;
    clearInterval(this.#reading);
    this.#reading = undefined;
  }

  /** Subscribes to a shard's channel, and stays subscribed. */
  #listen(shard: number): Promise<void> {
    const known = this.#subscriptions.get(shard);
    if (known !== undefined) return known;
    this.#subscriber ??= this.#open();
    const subscribed = this.#subscriber
      .listen(eventsChannel(shard), (message) => this.#notice(parseNotice(message)))
      // Events may have been appended before the subscription was active.
      .then(() => this.#wakeAll())
      .catch(() => {}); // Closed before it was open.
    this.#subscriptions.set(shard, subscribed);
    return subscribed;
  }

  #open(): Subscriber {
    const subscriber = new Subscriber(this.#address, this.#redis);
    subscriber.onReady(() => this.#wakeAll());
    return subscriber;
  }

  #notice(notice: EventNotice): void {
    for (const watch of this.#watches.get(notice.userId) ?? []) watch.notice(notice);
  }

  #wakeAll(): void {
    for (const watches of this.#watches.values()) for (const watch of watches) watch.wake();
  }

  async #read(): Promise<void> {
    const read = async (userId: string) => {
      const last = await this.#redis.hget(receivingKey(userId), 'last_seq');
      this.#notice({ userId, is: 'appended', lastSeq: Number(last ?? 0) });
    };
    const userIds = [...this.#watches.keys()];
    try {
      for (let at = 0; at < userIds.length; at += CHUNK)
        await Promise.all(userIds.slice(at, at + CHUNK).map(read));
    } catch {
      // Redis is away.
    }
  }

  close(): void {
    clearInterval(this.#reading);
    this.#subscriber?.close();
  }
}

/** A watch of one account's events. */
export class EventWatch {
  readonly close: () => void;
  #lastSeq = 0;
  #isWoken = false;
  #live: LiveEvent[] = [];
  #onChange: () => void = () => {};

  constructor(close: () => void) {
    this.close = close;
  }

  notice(notice: EventNotice): void {
    if (notice.is === 'live') {
      if (this.#live.length < MOST_LIVE) this.#live.push(notice.event);
      this.#onChange();
    } else if (notice.is === 'off') this.wake();
    else {
      // Redis has lost the latest events: the reader must find out.
      if (notice.lastSeq < this.#lastSeq) this.#isWoken = true;
      this.#lastSeq = notice.lastSeq;
      this.#onChange();
    }
  }

  /** Ends the wait, whatever the reader knows. */
  wake(): void {
    this.#isWoken = true;
    this.#onChange();
  }

  /** Takes the events that only open streams get. */
  takeLive(): LiveEvent[] {
    return this.#live.splice(0);
  }

  /**
   * Resolves once there may be events after `after`, or live ones; or when the signal is aborted. `woken`: the account
   * may have stopped to receive, too.
   */
  async changed(after: number, signal: AbortSignal): Promise<'woken' | 'events'> {
    const hasChanged = () =>
      this.#isWoken || this.#live.length > 0 || this.#lastSeq > after || signal.aborted;
    if (!hasChanged()) {
      let check = () => {};
      await new Promise<void>((resolve) => {
        check = () => {
          if (hasChanged()) resolve();
        };
        this.#onChange = check;
        signal.addEventListener('abort', check);
      });
      signal.removeEventListener('abort', check);
      this.#onChange = () => {};
    }
    const isWoken = this.#isWoken;
    this.#isWoken = false;
    return isWoken ? 'woken' : 'events';
  }
}

import type { RedisAddress } from '@gateway/runtime';
import type { Redis } from 'ioredis';
import { openSubscribing } from './any-node.ts';
import type { RedisClient } from './redis-client.ts';

/**
 * Subscribes to pub/sub channels over its own connection. Messages sent while it is down are lost; see {@link onReady}.
 */
export class Subscriber {
  readonly #redis: Redis;
  readonly #channels = new Map<string, (message: string) => void>();
  readonly #onReady = new Set<() => void>();

  /** @param redis this process' client of the same Redis. */
  constructor(address: RedisAddress, redis: RedisClient) {
    this.#redis = openSubscribing(address, redis);
    this.#redis.on('error', () => {}); // The shared connection reports the same outage.
    this.#redis.on('message', (channel: string, message: string) => this.#channels.get(channel)?.(message));
    this.#redis.on('ready', () => {
      for (const listener of this.#onReady) listener();
    });
  }

  /** Subscribes `listener`, the only one of its channel. Resolves once the subscription is active. */
  async listen(channel: string, listener: (message: string) => void): Promise<void> {
    this.#channels.set(channel, listener);
    await this.#redis.subscribe(channel);
  }

  /** Unsubscribes without waiting. While Redis is away, this takes effect when Redis is back. */
  forget(channel: string): void {
    this.#channels.delete(channel);
    this.#redis.unsubscribe(channel).catch(() => {});
  }

  /** Calls `listener` on each connect and reconnect: time to read what messages may have announced meanwhile. */
  onReady(listener: () => void): void {
    this.#onReady.add(listener);
  }

  close(): void {
    this.#redis.disconnect();
  }
}

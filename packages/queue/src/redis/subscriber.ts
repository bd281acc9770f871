import { Redis } from 'ioredis';
import { CONSUMER_OPTIONS } from './clients.ts';

/** Hears pub/sub channels over one connection of its own. What is said while it is down is lost: {@link onReady} tells when to look. */
export class Subscriber {
  readonly #redis: Redis;
  readonly #channels = new Map<string, (message: string) => void>();
  readonly #onReady = new Set<() => void>();

  constructor(redisUrl: string) {
    // ioredis forgets a subscription that is made while it checks whether Redis is ready; subscribing needs no such check.
    this.#redis = new Redis(redisUrl, { ...CONSUMER_OPTIONS, enableReadyCheck: false });
    this.#redis.on('error', () => {}); // The shared connection reports the same outage.
    this.#redis.on('message', (channel: string, message: string) => this.#channels.get(channel)?.(message));
    this.#redis.on('ready', () => {
      for (const listener of this.#onReady) listener();
    });
  }

  /** Resolves once messages are heard; one listener a channel. */
  async listen(channel: string, listener: (message: string) => void): Promise<void> {
    this.#channels.set(channel, listener);
    await this.#redis.subscribe(channel);
  }

  /** Never waits: while Redis is away it takes effect when it is back. */
  forget(channel: string): void {
    this.#channels.delete(channel);
    this.#redis.unsubscribe(channel).catch(() => {});
  }

  /** `listener` is called each time the connection is there (again). */
  onReady(listener: () => void): void {
    this.#onReady.add(listener);
  }

  close(): void {
    this.#redis.disconnect();
  }
}

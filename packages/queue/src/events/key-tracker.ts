import { withTimeout } from '@gateway/runtime';
import type { Redis, RedisOptions } from 'ioredis';

/** Channel on which Redis reports keys that have changed. */
const INVALIDATED = '__redis__:invalidate';

/** ms that Redis may take to remember an account's keys. */
const ARM_TIMEOUT = 5_000;

/** Interval at which Redis must answer while somebody watches, ms. A frozen Redis closes no connection. */
const PING_MS = 2_000;

export interface KeyTrackerOptions {
  /** Opens a connection to the server. */
  open: (options: RedisOptions) => Redis;
  /** @param keys that have changed; `null`: all, since Redis was emptied. */
  onChange: (keys: readonly Buffer[] | null) => void;
  /** Changes are not noticed any more. */
  onLost: () => void;
  /** Whether the server must be asked if it still answers. */
  isWatched: () => boolean;
}

/** Makes one server report the next change of keys (`CLIENT TRACKING`). */
export class KeyTracker {
  readonly #options: KeyTrackerOptions;
  /** The connection that reads keys, and the one that the server reports changes to. */
  readonly #reader: Redis;
  readonly #listener: Redis;
  readonly #pings: NodeJS.Timeout;
  #isTracking = false;

  constructor(options: KeyTrackerOptions) {
    this.#options = options;
    this.#reader = options.open({ enableOfflineQueue: false, commandTimeout: ARM_TIMEOUT });
    this.#listener = options.open({ enableReadyCheck: false, autoResubscribe: false });
    for (const redis of [this.#reader, this.#listener]) {
      redis.on('error', () => {}); // The producer's connection reports the same outage.
      redis.on('close', () => this.#lost());
    }
    this.#track();
    this.#pings = setInterval(() => void this.#ping(), PING_MS).unref();
  }

  /** @returns `false`: changes are not noticed, because there is no connection or the server does not track keys. */
  async remember(keys: readonly string[]): Promise<boolean> {
    if (!this.#isTracking) return false;
    try {
      await this.#reader.exists(...keys);
      return this.#isTracking;
    } catch {
      return false;
    }
  }

  #track(): void {
    const [reader, listener] = [this.#reader, this.#listener];
    let listenerId: number | null = null;
    const track = async () => {
      if (listenerId === null || reader.status !== 'ready') return;
      await reader.client('TRACKING', 'ON', 'REDIRECT', listenerId);
      this.#isTracking = true;
    };
    listener.on('close', () => {
      listenerId = null;
    });
    // Redis without tracking, or a lost connection: watchers read again by themselves.
    const ignore = () => {};
    listener.on('ready', () => {
      const listen = async () => {
        const id = await listener.client('ID');
        await listener.subscribe(INVALIDATED);
        listenerId = id;
        await track();
      };
      listen().catch(ignore);
    });
    reader.on('ready', () => void track().catch(ignore));
    listener.on('messageBuffer', (_channel: Buffer, keys: Buffer[] | null) => this.#options.onChange(keys));
  }

  async #ping(): Promise<void> {
    if (!this.#isTracking || !this.#options.isWatched()) return;
    try {
      await withTimeout(this.#reader.ping(), PING_MS, () => new Error(`no answer within ${PING_MS} ms`));
    } catch {
      this.#lost();
      this.#reader.disconnect(true);
    }
  }

  #lost(): void {
    this.#isTracking = false;
    this.#options.onLost();
  }

  close(): void {
    clearInterval(this.#pings);
    this.#reader.disconnect();
    this.#listener.disconnect();
  }
}

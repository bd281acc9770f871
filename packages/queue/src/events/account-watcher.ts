import { withTimeout } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { accountOfKey, accountViewKey, heldJobsKey, sendListKey, sendStateKey } from '../keys.ts';
import { CONSUMER_OPTIONS } from '../redis/clients.ts';

/** Channel on which Redis reports keys that have changed. */
const INVALIDATED = '__redis__:invalidate';

/** ms that Redis may take to remember an account's keys. */
const ARM_TIMEOUT = 5_000;

/** Interval at which Redis must answer while somebody watches, ms. A frozen Redis closes no connection. */
const PING_MS = 2_000;

/** A watch of one account. The caller must close it. */
export interface AccountWatch {
  /**
   * Notices changes from now on; call it before reading the account.
   * @returns `false`: changes are not noticed, because the connection is down or Redis does not track keys.
   */
  arm(): Promise<boolean>;
  /**
   * Waits at most `ms` for a change since the latest {@link arm}, or for the signal.
   * @returns whether the account may have changed.
   */
  changed(ms: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/**
 * Notices changes of accounts. Redis remembers the keys that a connection has read, and reports the next change of each
 * (`CLIENT TRACKING`), so senders need not know of watchers, and an account that does not change costs nothing.
 */
export class AccountWatcher {
  readonly #redisUrl: string;
  readonly #watches = new Map<string, Set<Watch>>();
  /** The connection that reads keys, and the one that Redis reports changes to. Opened with the first watch. */
  #connections: { reader: Redis; listener: Redis } | undefined;
  #isTracking = false;
  #pings: NodeJS.Timeout | undefined;

  constructor(redisUrl: string) {
    this.#redisUrl = redisUrl;
  }

  watch(userId: string): AccountWatch {
    this.#connections ??= this.#connect();
    const watch: Watch = new Watch(
      () => this.#remember(userId),
      () => this.#remove(userId, watch),
    );
    const others = this.#watches.get(userId);
    if (others === undefined) this.#watches.set(userId, new Set([watch]));
    else others.add(watch);
    return watch;
  }

  #remove(userId: string, watch: Watch): void {
    const others = this.#watches.get(userId);
    others?.delete(watch);
    if (others?.size === 0) this.#watches.delete(userId);
  }

  /** Makes Redis report the next change of each key that the account's status and messages are read from. */
  async #remember(userId: string): Promise<boolean> {
    const reader = this.#connections?.reader;
    if (!this.#isTracking || reader === undefined) return false;
    const lists = (['wait', 'active', 'delayed', 'completed', 'failed'] as const).map((list) =>
      sendListKey(userId, list),
    );
    try {
      await reader.exists(accountViewKey(userId), sendStateKey(userId), heldJobsKey(userId), ...lists);
      return this.#isTracking;
    } catch {
      return false;
    }
  }

  #connect(): { reader: Redis; listener: Redis } {
    const reader = new Redis(this.#redisUrl, {
      ...CONSUMER_OPTIONS,
      enableOfflineQueue: false,
      commandTimeout: ARM_TIMEOUT,
    });
    const listener = new Redis(this.#redisUrl, {
      ...CONSUMER_OPTIONS,
      enableReadyCheck: false,
      autoResubscribe: false,
    });
    for (const redis of [reader, listener]) {
      redis.on('error', () => {}); // The producer's connection reports the same outage.
      redis.on('close', () => this.#lost());
    }
    this.#pings = setInterval(() => void this.#ping(reader), PING_MS).unref();
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
    listener.on('messageBuffer', (_channel: Buffer, keys: Buffer[] | null) => this.#invalidated(keys));
    return { reader, listener };
  }

  async #ping(reader: Redis): Promise<void> {
    if (this.#watches.size === 0 || !this.#isTracking) return;
    try {
      await withTimeout(reader.ping(), PING_MS, () => new Error(`no answer within ${PING_MS} ms`));
    } catch {
      this.#lost();
      reader.disconnect(true);
    }
  }

  /** Changes are not noticed any more: every watcher reads its account, and gets the error if Redis is away. */
  #lost(): void {
    this.#isTracking = false;
    for (const watches of this.#watches.values()) notify(watches);
  }

  /** @param keys `null`: all, since Redis was emptied. */
  #invalidated(keys: readonly Buffer[] | null): void {
    if (keys === null) for (const watches of this.#watches.values()) notify(watches);
    for (const key of keys ?? []) notify(this.#watches.get(accountOfKey(key.toString()) ?? '') ?? []);
  }

  close(): void {
    clearInterval(this.#pings);
    this.#connections?.reader.disconnect();
    this.#connections?.listener.disconnect();
  }
}

function notify(watches: Iterable<Watch>): void {
  for (const watch of watches) watch.notify();
}

class Watch implements AccountWatch {
  readonly #remember: () => Promise<boolean>;
  readonly close: () => void;
  #hasChanged = false;
  #wake: (() => void) | undefined;

  constructor(remember: () => Promise<boolean>, close: () => void) {
    this.#remember = remember;
    this.close = close;
  }

  async arm(): Promise<boolean> {
    this.#hasChanged = false;
    return this.#remember();
  }

  notify(): void {
    this.#hasChanged = true;
    this.#wake?.();
  }

  async changed(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#hasChanged && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => this.#wake?.(), ms);
        this.#wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          this.#wake = undefined;
          resolve();
        };
        const onAbort = () => this.#wake?.();
        signal.addEventListener('abort', onAbort);
      });
    }
    return this.#hasChanged;
  }
}

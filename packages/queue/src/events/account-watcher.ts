import type { RedisAddress } from '@gateway/runtime';
import { Cluster } from 'ioredis';
import {
  accountOfKey,
  accountPrefix,
  accountViewKey,
  heldJobsKey,
  readsKey,
  sendListKey,
  sendStateKey,
} from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { connectTo } from '../redis/connect.ts';
import { onRedisChange } from '../redis/contact.ts';
import { nodeOf } from '../redis/nodes.ts';
import { KeyTracker } from './key-tracker.ts';

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
  readonly #address: RedisAddress;
  readonly #redis: RedisClient;
  readonly #watches = new Map<string, Set<Watch>>();
  /** By node; a single server has the name ''. Opened with the first watch of one of its accounts. */
  readonly #trackers = new Map<string, KeyTracker>();

  /** @param redis this process' client of the same Redis, which knows the nodes of a cluster. */
  constructor(address: RedisAddress, redis: RedisClient) {
    this.#address = address;
    this.#redis = redis;
    if (redis instanceof Cluster) onRedisChange(redis, { onLost: () => this.#notifyAll() });
  }

  watch(userId: string): AccountWatch {
    this.#trackerOf(userId);
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
    const lists = (['wait', 'active', 'delayed', 'completed', 'failed'] as const).map((list) =>
      sendListKey(userId, list),
    );
    const keys = [
      accountViewKey(userId),
      sendStateKey(userId),
      heldJobsKey(userId),
      readsKey(userId),
      ...lists,
    ];
    return (await this.#trackerOf(userId)?.remember(keys)) ?? false;
  }

  #trackerOf(userId: string): KeyTracker | undefined {
    const node = nodeOf(this.#redis, accountPrefix(userId));
    const known = this.#trackers.get(node);
    if (known !== undefined || (node === '' && this.#redis instanceof Cluster)) return known;
    const tracker: KeyTracker = new KeyTracker({
      open: (options) => connectTo(this.#address, node, options),
      onChange: (keys) => this.#invalidated(keys),
      onLost: () => {
        this.#notifyAll();
        // Another node may have the accounts now.
        if (this.#redis instanceof Cluster && this.#trackers.delete(node)) tracker.close();
      },
      isWatched: () => this.#watches.size > 0,
    });
    this.#trackers.set(node, tracker);
    return tracker;
  }

  /** Every watcher reads its account, and gets the error if Redis is away. */
  #notifyAll(): void {
    for (const watches of this.#watches.values()) notify(watches);
  }

  #invalidated(keys: readonly Buffer[] | null): void {
    if (keys === null) this.#notifyAll();
    for (const key of keys ?? []) notify(this.#watches.get(accountOfKey(key.toString()) ?? '') ?? []);
  }

  close(): void {
    for (const tracker of this.#trackers.values()) tracker.close();
    this.#trackers.clear();
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

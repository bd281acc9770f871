import type { BoardQueues } from '@gateway/queue';
import { LRUCache } from 'lru-cache';
import type { BoardActions } from './actions.ts';
import { ControlAdapter, SendAdapter, WebhookAdapter, type GuardedAdapter } from './adapters.ts';

/** Maximum number of accounts listed, in addition to those opened by name. */
const MOST_ACCOUNTS = 40;
/** Lifetime of an account list, ms. */
const FRESH_MS = 3_000;
/** ms that an account opened by name stays listed, and the maximum number of such accounts. */
const PINNED_MS = 3_600_000;
const MOST_PINNED = 20;

/**
 * The queues that the dashboard lists: webhooks, the currently relevant accounts, accounts opened by name, control
 * queues.
 */
export class ShownQueues {
  readonly #queues: BoardQueues;
  readonly #fixed: readonly GuardedAdapter[];
  readonly #adapterOf: (userId: string) => SendAdapter;
  readonly #pinned = new LRUCache<string, number>({ max: MOST_PINNED });
  #freshUntil = 0;
  #accounts: readonly string[] = [];
  #listed: readonly GuardedAdapter[] = [];

  constructor(queues: BoardQueues, actions: BoardActions, showText: boolean) {
    this.#queues = queues;
    this.#fixed = [
      new WebhookAdapter(queues.webhooks),
      ...queues.control.map((queue, shard) => new ControlAdapter(queue, shard)),
    ];
    this.#adapterOf = (userId) => new SendAdapter(queues.ofAccount(userId), userId, actions, showText);
  }

  /** Keeps an account listed for an hour. @returns the name of its queue on the board. */
  pin(userId: string, now: number): string {
    this.#pinned.set(userId, now + PINNED_MS);
    return this.#adapterOf(userId).getName();
  }

  /** The current list. */
  async list(now: number): Promise<readonly GuardedAdapter[]> {
    if (now >= this.#freshUntil) {
      this.#accounts = await this.#queues.accountsToShow(MOST_ACCOUNTS);
      this.#freshUntil = now + FRESH_MS;
    }
    const pinned = [...this.#pinned.rkeys()].filter((userId) => (this.#pinned.peek(userId) ?? 0) > now);
    const accounts = [...new Set([...pinned, ...this.#accounts])];
    this.#listed = [...accounts.map((userId) => this.#adapterOf(userId)), ...this.#fixed];
    return this.#listed;
  }

  /** Finds a queue of the last list by its name on the board. */
  byName(name: string): GuardedAdapter | undefined {
    return this.#listed.find((adapter) => adapter.getName() === name);
  }
}

import type { AccountView } from '@gateway/contracts';
import type { DueAccountsListener } from '@gateway/queue';

/** The accounts of one shard, as far as {@link AccountCounts} needs them. */
export interface CountedAccounts {
  /** Accounts that have waiting or fetched messages. */
  busy(): Iterable<string>;
  /** Accounts of which messages have failed since the last call. */
  takeFailed(): Iterable<string>;
  opened(): Iterable<{ view: Pick<AccountView, 'state'>; isConnected: boolean }>;
}

/** Counts the accounts of the shards that this worker serves. */
export class AccountCounts {
  readonly #dueAccounts: Pick<DueAccountsListener, 'busy'>;
  readonly #shards = new Map<number, CountedAccounts>();

  constructor(dueAccounts: Pick<DueAccountsListener, 'busy'>) {
    this.#dueAccounts = dueAccounts;
  }

  add(shard: number, accounts: CountedAccounts): void {
    this.#shards.set(shard, accounts);
  }

  remove(shard: number, accounts: CountedAccounts): void {
    if (this.#shards.get(shard) === accounts) this.#shards.delete(shard);
  }

  /** Each shard with its busy accounts, and those of which messages have failed since the last call. */
  takeShards(): readonly { shard: number; busy: ReadonlySet<string>; failed: Iterable<string> }[] {
    return Array.from(this.#shards, ([shard, accounts]) => ({
      shard,
      busy: this.#busyOf(shard, accounts),
      failed: accounts.takeFailed(),
    }));
  }

  /** The busy accounts of all shards. */
  busy(): ReadonlySet<string> {
    return new Set(
      Array.from(this.#shards).flatMap(([shard, accounts]) => [...this.#busyOf(shard, accounts)]),
    );
  }

  /**
   * The accounts that have waiting or fetched messages. Combines the lanes, which know at once, with the last sweep,
   * which misses none; idle accounts cost no query.
   */
  #busyOf(shard: number, accounts: CountedAccounts): ReadonlySet<string> {
    return new Set([...accounts.busy(), ...this.#dueAccounts.busy(shard)]);
  }

  /** Counts the accounts by state, and the connected ones. */
  accounts(): { byState: Map<string, number>; connected: number } {
    const byState = new Map<string, number>();
    let connected = 0;
    for (const accounts of this.#shards.values()) {
      for (const account of accounts.opened()) {
        const { state } = account.view;
        byState.set(state, (byState.get(state) ?? 0) + 1);
        if (account.isConnected) connected += 1;
      }
    }
    return { byState, connected };
  }
}

import type { AccountView } from '@gateway/contracts';
import type { DueAccountsListener } from '@gateway/queue';

/** The accounts of one shard, as far as {@link AccountCounts} needs them. */
export interface CountedAccounts {
  /** Accounts that have waiting or fetched messages. */
  busy(): Iterable<string>;
  /** Accounts of which messages have failed since the last call. */
  takeFailed(): Iterable<string>;
  opened(): Iterable<CountedAccount>;
}

/** An account that this worker serves. */
export interface CountedAccount {
  userId: string;
  state: AccountView['state'];
  isConnected: boolean;
  /** Whether it receives, and whether it reads its updates now. */
  mayReceive: boolean;
  isReceiving: boolean;
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

  /** Counts the accounts by state, the connected ones, and those that receive. */
  accounts(): { byState: Map<string, number>; connected: number; reading: number; waiting: number } {
    const byState = new Map<string, number>();
    let [connected, reading, waiting] = [0, 0, 0];
    for (const { state, isConnected, isReceiving, mayReceive } of this.opened()) {
      byState.set(state, (byState.get(state) ?? 0) + 1);
      if (isConnected) connected += 1;
      if (isReceiving) reading += 1;
      else if (mayReceive) waiting += 1;
    }
    return { byState, connected, reading, waiting };
  }

  /** The accounts of all shards that are open. */
  *opened(): Iterable<CountedAccount> {
    for (const accounts of this.#shards.values()) yield* accounts.opened();
  }
}

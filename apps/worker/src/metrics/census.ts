import type { AccountView } from '@gateway/contracts';
import type { DoorbellListener } from '@gateway/queue';

/** The accounts of one shard, as far as they are counted. */
export interface CountedAccounts {
  /** Accounts whose messages wait or are being sent. */
  busy(): Iterable<string>;
  opened(): Iterable<{ view: Pick<AccountView, 'state'>; isConnected: boolean }>;
}

/** The shards that this worker serves, for whoever counts. */
export class Census {
  readonly #doorbells: Pick<DoorbellListener, 'busy'>;
  readonly #shards = new Map<number, CountedAccounts>();

  constructor(doorbells: Pick<DoorbellListener, 'busy'>) {
    this.#doorbells = doorbells;
  }

  add(shard: number, accounts: CountedAccounts): void {
    this.#shards.set(shard, accounts);
  }

  remove(shard: number, accounts: CountedAccounts): void {
    if (this.#shards.get(shard) === accounts) this.#shards.delete(shard);
  }

  /**
   * With the accounts of each whose messages wait or are in hand: as their lanes know, which hear of it at once, and as the last sweep found, which
   * misses none. A thousand that have nothing are not asked about.
   */
  get shards(): readonly { shard: number; busy: ReadonlySet<string> }[] {
    return Array.from(this.#shards, ([shard, accounts]) => ({
      shard,
      busy: new Set([...accounts.busy(), ...this.#doorbells.busy(shard)]),
    }));
  }

  /** Those of all its shards. */
  busy(): ReadonlySet<string> {
    return new Set(this.shards.flatMap(({ busy }) => [...busy]));
  }

  /** Accounts by state, and those that are connected. */
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

import type { Accounts } from '../accounts/accounts.ts';

/** The shards that this worker serves, for whoever counts. */
export class Census {
  readonly #shards = new Map<number, Accounts>();

  add(shard: number, accounts: Accounts): void {
    this.#shards.set(shard, accounts);
  }

  remove(shard: number, accounts: Accounts): void {
    if (this.#shards.get(shard) === accounts) this.#shards.delete(shard);
  }

  /** With the accounts of each whose messages wait or are in hand, as far as is known here. */
  get shards(): readonly { shard: number; busy: readonly string[] }[] {
    return Array.from(this.#shards, ([shard, accounts]) => ({ shard, busy: accounts.busy() }));
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

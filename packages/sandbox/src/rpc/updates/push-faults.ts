import { setTimeout as delay } from 'node:timers/promises';

type PushFaultKind = 'drop' | 'delay' | 'reorder' | 'duplicate';

/** What goes wrong with the next pushes of updates. */
export interface PushFault {
  kind: PushFaultKind;
  /** Only pushes to this account. */
  accountId?: number;
  /** How many more pushes. */
  times: number;
}

/** How late a delayed push is. */
const DELAY_MS = 1_000;

/** The push faults that are not used up. They are kept in memory only. */
export class PushFaults {
  #faults: PushFault[] = [];
  /** By account: pushes that wait for the next one, to go out after it. */
  readonly #held = new Map<number, (() => void)[]>();

  add(fault: PushFault): void {
    this.#faults.push({ ...fault });
  }

  /** Held pushes are lost. */
  clear(): void {
    this.#faults = [];
    this.#held.clear();
  }

  list(): PushFault[] {
    return this.#faults.map((fault) => ({ ...fault }));
  }

  /** Sends a push to an account, unless a fault applies. */
  deliver(accountId: number, send: () => void): void {
    switch (this.#take(accountId)?.kind) {
      case 'drop':
        return;
      case 'delay':
        void delay(DELAY_MS, undefined, { ref: false }).then(send);
        return;
      case 'reorder':
        this.#held.set(accountId, [...(this.#held.get(accountId) ?? []), send]);
        return;
      case 'duplicate':
        send();
        send();
        break;
      case undefined:
        send();
    }
    const held = this.#held.get(accountId) ?? [];
    this.#held.delete(accountId);
    for (const late of held.reverse()) late();
  }

  #take(accountId: number): PushFault | undefined {
    const fault = this.#faults.find((each) => each.accountId === undefined || each.accountId === accountId);
    if (fault === undefined) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return fault;
  }
}

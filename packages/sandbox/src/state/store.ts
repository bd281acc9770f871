import { applyEvent } from './apply-event.ts';
import type { StateEvent } from './events.ts';
import { FORGETFUL_JOURNAL, type Journal } from './journal.ts';
import { emptyState, type State } from './state.ts';

/** The state, to read, and the one way to change it. */
export class Store {
  readonly state: Readonly<State>;
  readonly #state: State;
  readonly #journal: Journal;

  constructor(state: State = emptyState(), journal: Journal = FORGETFUL_JOURNAL) {
    this.state = state;
    this.#state = state;
    this.#journal = journal;
  }

  /** Writes events down, then lets them take effect: what is answered after this has happened for good. @throws what the disk says. */
  commit(...events: StateEvent[]): void {
    this.#journal.append(events);
    for (const event of events) applyEvent(this.#state, event);
  }

  close(): void {
    this.#journal.close();
  }
}

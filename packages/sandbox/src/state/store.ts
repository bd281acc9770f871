import { applyEvent } from './apply-event.ts';
import type { StateEvent } from './events.ts';
import { FORGETFUL_JOURNAL, type Journal } from './journal.ts';
import { emptyState, type State } from './state.ts';

/** Holds the state for reading, and changes it only by events. */
export class Store {
  readonly state: Readonly<State>;
  readonly #state: State;
  readonly #journal: Journal;

  constructor(state: State = emptyState(), journal: Journal = FORGETFUL_JOURNAL) {
    this.state = state;
    this.#state = state;
    this.#journal = journal;
  }

  /**
   * Appends events to the journal, then applies them. A change is therefore durable before its call is answered.
   * @throws the error of the file system, if writing fails.
   */
  commit(...events: StateEvent[]): void {
    this.#journal.append(events);
    for (const event of events) applyEvent(this.#state, event);
  }

  close(): void {
    this.#journal.close();
  }
}

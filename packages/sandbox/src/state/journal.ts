import type { StateEvent } from './events.ts';

/** Where events are stored. `append` returns once the events would survive a kill -9 of the process. */
export interface Journal {
  append(events: readonly StateEvent[]): void;
  close(): void;
}

/** Stores nothing: the state ends with the process. */
export const FORGETFUL_JOURNAL: Journal = { append: () => {}, close: () => {} };

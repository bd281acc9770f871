import type { StateEvent } from './events.ts';

/** Where events are kept. `append` returns once they would survive a kill -9 of the process. */
export interface Journal {
  append(events: readonly StateEvent[]): void;
  close(): void;
}

/** Keeps nothing: the state lives as long as the process. */
export const FORGETFUL_JOURNAL: Journal = { append: () => {}, close: () => {} };

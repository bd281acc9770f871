import type { AccountEvent } from './judge-events.ts';

/** What a reader of an account's events has got, in the order of arrival. */
export interface Reading {
  name: string;
  userId: string;
  /** The number of the last event before its first one. */
  after: number;
  /** An event may come again, and only then. */
  mayRepeat: boolean;
  events: readonly AccountEvent[];
}

/**
 * Compares what a reader got with the account's sequence: each event, in order, with the same content.
 * @returns faults, one line each.
 */
export function judgeReader(reading: Reading, sequence: readonly AccountEvent[]): string[] {
  const { name, after, mayRepeat, events } = reading;
  const contents = new Map(sequence.map((event) => [event.seq, JSON.stringify(event)]));
  const faults: string[] = [];
  let last = after;
  for (const event of events) {
    const isRepeat = event.seq <= last;
    if (isRepeat ? !mayRepeat : event.seq !== last + 1)
      faults.push(`${name}: ${event.event_id} after number ${last}`);
    if (contents.get(event.seq) !== JSON.stringify(event))
      faults.push(`${name}: ${event.event_id} has another content`);
    last = Math.max(last, event.seq);
  }
  const end = sequence.at(-1)?.seq ?? after;
  if (last < end) faults.push(`${name}: has ${last} of ${end}`);
  return faults;
}

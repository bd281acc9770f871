import type { ChangeJob } from './change-job.ts';
import { nameOf, type ArrivedMessage } from './judge.ts';
import { labelOf, type Label } from './texts.ts';

/** A read of a chat up to a message of the account itself, whose label it has. */
export interface PostedRead extends Label {
  /** Telegram ids of the account and of the chat. */
  from: number;
  to: number;
  /** Ascending within the chat. */
  number: number;
}

/** The messages of a group that an account has not read, by `account chat`. */
export type Unread = ReadonlyMap<string, number>;

/**
 * Compares reads of groups with what is unread in the end: nothing that arrived before the message of a completed read.
 * @returns faults, one line each.
 */
export function judgeReads(
  accepted: readonly (PostedRead & ChangeJob)[],
  arrived: readonly ArrivedMessage[],
  unread: Unread,
): string[] {
  const places = new Map<string, number>();
  for (const [place, { text, forwarded }] of arrived.entries()) {
    const label = labelOf(text);
    if (label !== undefined && forwarded !== true) places.set(nameOf(label), place);
  }
  const read = new Map<string, { from: number; to: number; upTo: number }>();
  for (const { end, from, to, ...label } of accepted) {
    const upTo = places.get(nameOf(label)) ?? -1;
    const name = `${from} ${to}`;
    if (end === 'completed' && to < 0 && upTo > (read.get(name)?.upTo ?? -1))
      read.set(name, { from, to, upTo });
  }
  return [...read].flatMap(([name, { from, to, upTo }]) => {
    const most = arrived.slice(upTo).filter((each) => each.to === to && each.from !== from).length;
    const left = unread.get(name) ?? 0;
    return left <= most ? [] : [`${name}: ${left} unread, of ${most} that came after the read`];
  });
}

/** Names the read for its key and for reports. */
export function nameOfRead({ number, ...label }: PostedRead): string {
  return `${nameOf(label)}, read ${number}`;
}

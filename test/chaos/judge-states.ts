import type { ChangeJob } from './change-job.ts';
import { nameOf, type ArrivedMessage } from './judge.ts';
import { labelOf, type Label } from './texts.ts';

/** A change of a message that replaces what was there: the account's reaction, its pin, or the file. */
export interface PostedState extends Label {
  kind: 'reaction' | 'pin' | 'file';
  /** An emoji or nothing; `pinned` or nothing; the SHA-256 of the file. */
  value: string;
  /** What the message had when it was sent. */
  initial: string;
  /** Ascending within the chat, in the order of acceptance. */
  number: number;
}

export type AcceptedState = PostedState & ChangeJob;

/**
 * Compares changes of messages with what the messages have in the end: that of the last completed change, or of a later
 * one whose outcome is unknown.
 * @param undecided changes of which it is unknown whether they were accepted.
 * @returns faults, one line each.
 */
export function judgeStates(
  accepted: readonly AcceptedState[],
  arrived: readonly ArrivedMessage[],
  undecided: readonly PostedState[] = [],
): string[] {
  const messages = new Map<string, ArrivedMessage>();
  for (const message of arrived) {
    const label = labelOf(message.text);
    if (label !== undefined && message.forwarded !== true) messages.set(nameOf(label), message);
  }
  const open = [...undecided, ...accepted.filter(({ end }) => end === 'unknown')];
  const done = accepted.filter(({ end }) => end === 'completed');
  const targets = new Map([...open, ...done].map((change) => [`${nameOf(change)} ${change.kind}`, change]));
  return [...targets].flatMap(([name, { initial, kind, ...label }]) => {
    const message = messages.get(nameOf(label));
    if (message === undefined || message.deleted === true) return [];
    const isSame = (each: PostedState) => each.kind === kind && nameOf(each) === nameOf(label);
    const last = done.filter(isSame).reduce((latest, { number }) => Math.max(latest, number), 0);
    const should = done.find((each) => isSame(each) && each.number === last)?.value ?? initial;
    const others = open.filter((each) => isSame(each) && each.number > last).map(({ value }) => value);
    const is = shown(message, kind);
    return is === should || others.includes(is)
      ? []
      : [`${name} is "${is}", not "${[should, ...others].join('" or "')}"`];
  });
}

/** Names the change for its key and for reports. */
export function nameOfState({ kind, number, ...label }: PostedState): string {
  return `${nameOf(label)}, ${kind} ${number}`;
}

function shown({ reaction = '', pinned = false, sha256 = '' }: ArrivedMessage, kind: PostedState['kind']) {
  if (kind === 'file') return sha256;
  return kind === 'reaction' ? reaction : pinned ? 'pinned' : '';
}

import type { Message, PeerId } from './model.ts';

/** One change of a box. Clients learn of it by an update, pushed or in a difference. */
export type BoxChange =
  | { kind: 'new'; id: number }
  | { kind: 'edit'; id: number; isReaction?: true }
  | { kind: 'delete'; ids: number[] }
  | { kind: 'pin'; peer: PeerId; ids: number[]; pinned: boolean }
  /** `maxId` is the last message that the box's owner has read, or that others have read of the owner's. */
  | { kind: 'read_inbox' | 'read_outbox'; peer: PeerId; maxId: number };

export interface LogEntry {
  change: BoxChange;
  /** The box's pts after the change. */
  pts: number;
  /** By how much the change raises the pts. */
  ptsCount: number;
}

/** The messages of one id sequence: those of an account (private chats and basic groups) or of a channel. */
export interface Mailbox {
  /** A message's id is its index plus one. Undefined for deleted messages. */
  messages: (Message | undefined)[];
  /** Message ids by chat, ascending. The chats are in the order of their first message. */
  chats: Map<PeerId, number[]>;
  /** Every change, oldest first. */
  log: LogEntry[];
}

export function emptyMailbox(): Mailbox {
  return { messages: [], chats: new Map(), log: [] };
}

/** The pts of a box: 1 before its first change. */
export function ptsOfMailbox(mailbox: Mailbox | undefined): number {
  return mailbox?.log.at(-1)?.pts ?? 1;
}

/** Appends a change to a box's log. */
export function logChange(mailbox: Mailbox, change: BoxChange, ptsCount = 1): void {
  mailbox.log.push({ change, pts: ptsOfMailbox(mailbox) + ptsCount, ptsCount });
}

/** The changes after a pts, oldest first. */
export function changesSince(mailbox: Mailbox | undefined, pts: number): LogEntry[] {
  const log = mailbox?.log ?? [];
  let [low, high] = [0, log.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle]?.pts ?? 0) <= pts) low = middle + 1;
    else high = middle;
  }
  return log.slice(low);
}

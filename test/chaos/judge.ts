import { labelOf, type Label } from './texts.ts';

/** A message that was posted to the API. */
export interface PostedMessage extends Label {
  /** Telegram ids. */
  from: number;
  to: number;
  text: string;
}

/** One that the API has accepted. */
export interface AcceptedMessage extends PostedMessage {
  jobId: string;
  /** ms since the epoch. */
  acceptedAt: number;
  /** What the API said it is, as soon as it has said so. */
  messageId: number | null;
}

/** A message that the sandbox has accepted, in its order. */
export interface ArrivedMessage {
  id: number;
  from: number;
  to: number;
  text: string;
  /** ms since the epoch. */
  at: number;
}

/** What must not be, each with the messages concerned, a line each. */
export interface Verdict {
  /** Not there, or not all of it. */
  lost: string[];
  /** There more than once, as the recipient sees it. */
  doubled: string[];
  /** Behind one of its chat that was accepted after it. */
  outOfOrder: string[];
  /** There with another text than was accepted. */
  damaged: string[];
  /** There, though nobody was told that it was accepted. */
  uninvited: string[];
  /** There under another id than the API said. */
  wrongIds: string[];
  /** By `chat#seq`: when a message was there, all of it; ms since the epoch. */
  arrivals: Map<string, number>;
}

/**
 * Compares what was accepted over HTTP with what arrived.
 * @param undecided messages that were posted with nobody left to say whether they were accepted: they may be there or not.
 */
export function judge(
  accepted: readonly AcceptedMessage[],
  arrived: readonly ArrivedMessage[],
  undecided: readonly PostedMessage[] = [],
): Verdict {
  const posted = new Map<string, PostedMessage>(
    [...undecided, ...accepted].map((message) => [nameOf(message), message]),
  );
  const parts = new Map<string, ArrivedMessage[]>();
  const last = new Map<string, number>();
  const verdict: Verdict = {
    lost: [],
    doubled: [],
    outOfOrder: [],
    damaged: [],
    uninvited: [],
    wrongIds: [],
    arrivals: new Map(),
  };

  for (const message of arrived) {
    const label = labelOf(message.text);
    const name = label === undefined ? undefined : nameOf(label);
    const original = name === undefined ? undefined : posted.get(name);
    if (label === undefined || name === undefined || !isFromTo(message, original)) {
      verdict.uninvited.push(`${message.from} to ${message.to}: ${message.text.slice(0, 60)}`);
      continue;
    }
    const before = parts.get(name) ?? [];
    parts.set(name, before);
    if (before.some(({ text }) => text === message.text)) {
      verdict.doubled.push(`${name}, as ${message.id}`);
      continue;
    }
    before.push(message);
    if (label.seq < (last.get(label.chat) ?? 0))
      verdict.outOfOrder.push(`${name} after #${last.get(label.chat)}`);
    last.set(label.chat, Math.max(label.seq, last.get(label.chat) ?? 0));
  }

  for (const message of accepted) {
    const name = nameOf(message);
    const pieces = parts.get(name) ?? [];
    const last = pieces.at(-1);
    const [is, should] = [bare(pieces.map(({ text }) => text).join('')), bare(message.text)];
    if (last === undefined || is.length < should.length) {
      verdict.lost.push(last === undefined ? name : `${name}, in part`);
      continue;
    }
    if (is !== should) verdict.damaged.push(name);
    if (message.messageId !== null && message.messageId !== last.id)
      verdict.wrongIds.push(`${name} is ${last.id}, not ${message.messageId}`);
    verdict.arrivals.set(name, last.at);
  }
  return verdict;
}

/** `chat#seq` */
export function nameOf({ chat, seq }: Label): string {
  return `${chat}#${seq}`;
}

function isFromTo(message: ArrivedMessage, original: PostedMessage | undefined): boolean {
  return original !== undefined && original.from === message.from && original.to === message.to;
}

/** Telegram trims what it is sent, so the spaces around a part's ends are lost. */
function bare(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

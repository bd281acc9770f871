import { editOf, labelOf, type Label } from './texts.ts';

/** A message that was posted to the API. */
export interface PostedMessage extends Label {
  /** Telegram ids. */
  from: number;
  to: number;
  text: string;
  /** SHA-256 of its files, in hexadecimal digits and in order. */
  files?: string[];
  /** The type of its only file. */
  type?: string;
  /** An edit has been posted that replaces its file. */
  isFileReplaced?: true;
}

/** A message that the API has accepted. */
export interface AcceptedMessage extends PostedMessage {
  jobId: string;
  /** ms since the epoch. */
  acceptedAt: number;
  /** The id that the API reported, once it has. */
  messageId: number | null;
}

/** A message that the sandbox has accepted, in the order of acceptance. */
export interface ArrivedMessage {
  id: number;
  from: number;
  to: number;
  text: string;
  /** ms since the epoch. */
  at: number;
  /** Whether it has an edit date. */
  edited: boolean;
  /** SHA-256 of the bytes of its file, in hexadecimal digits. */
  sha256?: string | undefined;
  /** The reaction of the account that sent it. */
  reaction?: string;
  /** Whether that account sees it as pinned. */
  pinned?: boolean;
  deleted?: boolean;
  /** Whether it is a forwarded copy. */
  forwarded?: boolean;
}

/** Faults, each with the messages concerned, one line each. */
export interface Verdict {
  /** Missing, in whole or in part. */
  lost: string[];
  /** Arrived more than once, as the recipient sees it. */
  doubled: string[];
  /** Arrived after a message of its chat that was accepted later. */
  outOfOrder: string[];
  /** Arrived with a different text, or with other files. */
  damaged: string[];
  /** Arrived, though no caller was told that it was accepted. */
  unaccepted: string[];
  /** Arrived with an id that differs from the API's. */
  wrongIds: string[];
  /** Arrival times of complete messages by `chat#seq`, ms since the epoch. */
  arrivals: Map<string, number>;
}

/**
 * Compares the messages that were accepted over HTTP with those that arrived.
 * @param undecided messages of which it is unknown whether they were accepted: they may have arrived or not.
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
    unaccepted: [],
    wrongIds: [],
    arrivals: new Map(),
  };

  for (const shown of arrived) {
    if (shown.forwarded === true) continue;
    const label = labelOf(shown.text);
    const name = label === undefined ? undefined : nameOf(label);
    const original = name === undefined ? undefined : posted.get(name);
    if (label === undefined || name === undefined || original === undefined || !isFromTo(shown, original)) {
      verdict.unaccepted.push(`${shown.from} to ${shown.to}: ${shown.text.slice(0, 60)}`);
      continue;
    }
    // Only messages of one part are edited, so an edited message was sent with the whole text.
    const message = editOf(shown.text) === undefined ? shown : { ...shown, text: original.text };
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
    const files = pieces.flatMap(({ sha256 }) => sha256 ?? []);
    const areFilesRight =
      message.isFileReplaced === true || files.join(' ') === (message.files ?? []).join(' ');
    if (is !== should || !areFilesRight) verdict.damaged.push(name);
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

function isFromTo(message: ArrivedMessage, original: PostedMessage): boolean {
  return original.from === message.from && original.to === message.to;
}

/** Telegram trims messages, so spaces at the ends of a part are lost. */
function bare(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

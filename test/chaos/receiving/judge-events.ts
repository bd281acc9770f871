import { nameOf } from '../judge.ts';
import { labelOf } from '../texts.ts';
import { isChannel, type DeliveredMessage } from './delivered.ts';

/** The parts of an event that are judged. */
export interface AccountEvent {
  seq: number;
  event_id: string;
  type: string;
  caught_up?: boolean;
  message?: {
    message_id: number;
    edit_date: string | null;
    direction: string;
    chat: { id: string };
    text: string;
    job_id: string | null;
    service: object | null;
    media?: { size: number | null } | null;
  };
  chat?: { id: string } | null;
  message_ids?: number[];
  reason?: string | null;
}

/** Faults of one account's sequence of events, one line each. */
export interface EventVerdict {
  /** Delivered, without an event and without a gap that explains it. */
  missing: string[];
  /** Told more than once. */
  doubled: string[];
  /** Told after a later message of the chat, or after the deletion. */
  outOfOrder: string[];
  /** Numbers with holes or repeats. */
  numbers: string[];
  /** The last told text is not that of the message, or its direction is wrong. */
  wrong: string[];
  /** Told, though the sandbox has delivered no such message. */
  unknown: string[];
  /** Deleted at the sandbox, and not told. */
  undeleted: string[];
  /** Named a job that did not send the message. */
  wrongJobs: string[];
  /** Gaps of an account to which no gap was caused. */
  gaps: string[];
}

/** The verdict on a sequence in which nothing is wrong. */
export function noFaults(): EventVerdict {
  return {
    missing: [],
    doubled: [],
    outOfOrder: [],
    numbers: [],
    wrong: [],
    unknown: [],
    undeleted: [],
    wrongJobs: [],
    gaps: [],
  };
}

export interface JudgedAccount {
  userId: string;
  /** The number of the last event before the first judged one. */
  after: number;
  /** The number of the last event, by the account's status. */
  lastSeq: number;
  /** Whether the run has caused gaps. */
  mayHaveGaps: boolean;
  /** Whether Redis may have lost events. Numbers may be missing before such a gap, and no messages. */
  mayLoseStore: boolean;
  /** The jobs that have sent the message with this `chat#seq`; `undefined`: not known. */
  jobsOf: (name: string) => ReadonlySet<string> | undefined;
}

interface Seen {
  /** Place of its last event in the sequence. */
  at: number;
  text: string;
  editDate: string | null;
  /** Bytes of its file. */
  size: number | null;
}

/** Compares an account's events with the messages that the sandbox has delivered to the account. */
export function judgeEvents(
  account: JudgedAccount,
  events: readonly AccountEvent[],
  delivered: readonly DeliveredMessage[],
): EventVerdict {
  const judge = new EventJudge(account, delivered);
  for (const [at, event] of events.entries()) judge.add(at, event);
  return judge.verdict();
}

class EventJudge {
  readonly #account: JudgedAccount;
  readonly #delivered = new Map<string, DeliveredMessage>();
  /** Chats by message id, of private chats and basic groups. */
  readonly #chats = new Map<number, string>();
  readonly #seen = new Map<string, Seen>();
  /** By chat: the messages that were told, in their order. */
  readonly #told = new Map<string, { id: number; at: number }[]>();
  readonly #deleted = new Set<string>();
  readonly #gaps: { at: number; chat: string | null }[] = [];
  readonly #verdict = noFaults();
  #seq: number;

  constructor(account: JudgedAccount, delivered: readonly DeliveredMessage[]) {
    this.#account = account;
    this.#seq = account.after;
    for (const message of delivered) {
      this.#delivered.set(keyOf(message.chat, message.id), message);
      if (!isChannel(message.chat)) this.#chats.set(message.id, message.chat);
    }
  }

  add(at: number, event: AccountEvent): void {
    const { userId, mayHaveGaps, mayLoseStore } = this.#account;
    const isLoss = mayLoseStore && event.type === 'updates.gap' && event.reason === 'store_lost';
    const isNext = isLoss ? event.seq > this.#seq : event.seq === this.#seq + 1;
    if (!isNext || event.event_id !== `${userId}:${event.seq}`)
      this.#verdict.numbers.push(`${event.event_id}, seq ${event.seq}, after seq ${this.#seq} of ${userId}`);
    this.#seq = event.seq;
    if (event.type === 'message.new') this.#addNew(at, event);
    if (event.type === 'message.edited') this.#addEdit(at, event);
    if (event.type === 'message.deleted') this.#addDeletion(at, event);
    if (event.type !== 'updates.gap' || isLoss) return;
    this.#gaps.push({ at, chat: event.chat?.id ?? null });
    if (!mayHaveGaps)
      this.#verdict.gaps.push(`${event.event_id}: ${event.reason}, chat ${event.chat?.id ?? null}`);
  }

  #addNew(at: number, { event_id: name, message }: AccountEvent): void {
    if (message === undefined || message.service !== null) return;
    const { chat, message_id: id, text, edit_date: editDate, direction } = message;
    const key = keyOf(chat.id, id);
    const original = this.#delivered.get(key);
    if (original === undefined) return void this.#verdict.unknown.push(`${name}: ${key}, ${text}`);
    if (this.#seen.has(key)) return void this.#verdict.doubled.push(`${name}: ${key}`);
    const told = this.#told.get(chat.id) ?? [];
    this.#told.set(chat.id, told);
    const latest = Math.max(0, ...told.slice(-1).map((each) => each.id));
    if (id < latest) this.#verdict.outOfOrder.push(`${name}: ${key} after ${latest}`);
    if (this.#deleted.has(key)) this.#verdict.outOfOrder.push(`${name}: ${key} after its deletion`);
    told.push({ id: Math.max(id, latest), at });
    this.#seen.set(key, { at, text, editDate, size: message.media?.size ?? null });
    if (direction !== original.direction) this.#verdict.wrong.push(`${name}: ${key} as ${direction}`);
    this.#checkJob(name, message);
  }

  #checkJob(name: string, { direction, job_id: jobId, text }: NonNullable<AccountEvent['message']>): void {
    if (jobId === null) return;
    const label = labelOf(text);
    const jobs = label === undefined ? undefined : this.#account.jobsOf(nameOf(label));
    if (direction === 'in' || jobs?.has(jobId) === false)
      this.#verdict.wrongJobs.push(`${name}: ${jobId} in ${text.slice(0, 60)}`);
  }

  #addEdit(at: number, { event_id: name, message }: AccountEvent): void {
    if (message === undefined) return;
    const { chat, message_id: id, text, edit_date: editDate } = message;
    const key = keyOf(chat.id, id);
    if (!this.#delivered.has(key)) return void this.#verdict.unknown.push(`${name}: edit of ${key}, ${text}`);
    const before = this.#seen.get(key);
    const size = message.media?.size ?? null;
    if (before?.text === text && before.editDate === editDate && before.size === size)
      this.#verdict.doubled.push(`${name}: edit of ${key}`);
    if (this.#deleted.has(key)) this.#verdict.outOfOrder.push(`${name}: edit of ${key} after its deletion`);
    if (before !== undefined) this.#seen.set(key, { at, text, editDate, size });
  }

  #addDeletion(at: number, { event_id: name, chat, message_ids: ids = [] }: AccountEvent): void {
    for (const id of ids) {
      const key = keyOf(chat?.id ?? this.#chats.get(id) ?? 'unknown', id);
      const original = this.#delivered.get(key);
      if (original?.isDeleted !== true) this.#verdict.unknown.push(`${name}: deletion of ${key}`);
      if (this.#deleted.has(key)) this.#verdict.doubled.push(`${name}: deletion of ${key}`);
      if (chat === null && this.#seen.has(key))
        this.#verdict.wrong.push(`${name}: deletion of ${key} without its chat`);
      this.#deleted.add(key);
      const seen = this.#seen.get(key);
      if (seen !== undefined) seen.at = at;
    }
  }

  verdict(): EventVerdict {
    const { userId, lastSeq } = this.#account;
    const { missing, wrong, undeleted, numbers } = this.#verdict;
    if (this.#seq !== lastSeq) numbers.push(`${userId} ends at ${this.#seq}, and its status says ${lastSeq}`);
    for (const [key, message] of this.#delivered) {
      const seen = this.#seen.get(key);
      const what = `${userId}: ${key}, ${message.text.slice(0, 60)}`;
      if (message.isDeleted) {
        if (!this.#deleted.has(key) && !this.#isLater(message.chat, seen?.at ?? -1)) undeleted.push(what);
      } else if (seen === undefined) {
        if (!this.#isInGap(message)) missing.push(what);
      } else if (seen.text !== message.text && !this.#isLater(message.chat, seen.at))
        wrong.push(`${what}; told as ${seen.text.slice(0, 60)}`);
    }
    return this.#verdict;
  }

  /** Whether a gap of the chat came later than this place: what happened to its messages may be missing. */
  #isLater(chat: string, than: number): boolean {
    return this.#gapsOf(chat).some((gap) => gap.at > than);
  }

  /** Whether a gap is where the message would be. After a gap of a channel, its messages are read from its history. */
  #isInGap({ chat, id }: DeliveredMessage): boolean {
    if (isChannel(chat)) return false;
    const told = this.#told.get(chat) ?? [];
    const before = told.findLast((each) => each.id < id)?.at ?? -1;
    const behind = told.find((each) => each.id > id)?.at ?? Infinity;
    return this.#gapsOf(chat).some(({ at }) => at > before && at < behind);
  }

  /** Channels have differences of their own, so the account's gaps are not theirs. */
  #gapsOf(chat: string): { at: number; chat: string | null }[] {
    return this.#gaps.filter((gap) => gap.chat === (isChannel(chat) ? chat : null));
  }
}

function keyOf(chat: string, id: number): string {
  return `${chat}/${id}`;
}

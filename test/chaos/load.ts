import { setMaxListeners } from 'node:events';
import { sleep } from '@gateway/runtime';
import { Caller } from './caller.ts';
import { nameOf, type AcceptedMessage, type PostedMessage } from './judge.ts';
import type { Random } from './random.ts';
import { writeText } from './texts.ts';
import type { Chat, World } from './world.ts';

export interface LoadOptions {
  world: World;
  /** Addresses of the APIs. */
  urls: readonly string[];
  /** Messages per second, over all accounts. */
  rate: number;
  /** UTF-16 units of the longest texts. */
  longest: number;
  random: Random;
}

/** ms between checks of the number of messages that are due. */
const TICK = 50;

/** Maximum waiting messages, in seconds of load. No more are ordered until some have been posted. */
const MAX_BACKLOG = 15;

/** ms for messages in progress at the end to be accepted. */
const GRACE = 60_000;

/**
 * Shares of all messages: those whose caller waits for the message id, and those that are posted again after
 * acceptance.
 */
const WAITING_SHARE = 0.1;
const REPEATED_SHARE = 0.03;

/** Shares of all orders: bursts in one chat, and bursts in all chats of an account. */
const BURST_SHARE = 0.01;
const ACCOUNT_BURST_SHARE = 0.01;

/** The results of the load so far. */
export interface Ledger {
  accepted: AcceptedMessage[];
  /** Posted, with unknown result. */
  undecided: PostedMessage[];
  /** One line each. */
  refused: string[];
  /** Keys that led to two jobs, one line each. */
  splitKeys: string[];
}

/**
 * Posts messages from all accounts to all their chats. Within a chat, a message is posted once the one before it has
 * been accepted.
 */
export class Load {
  readonly ledger: Ledger = { accepted: [], undecided: [], refused: [], splitKeys: [] };
  readonly #options: LoadOptions;
  readonly #senders: Sender[];
  readonly #giveUp = new AbortController();

  constructor(options: LoadOptions) {
    this.#options = options;
    // All senders listen to it.
    setMaxListeners(0, this.#giveUp.signal);
    const caller = new Caller(options.urls, options.random.fork());
    this.#senders = options.world.chats.map(
      (chat) =>
        new Sender({
          chat,
          caller,
          ledger: this.ledger,
          longest: options.longest,
          random: options.random.fork(),
          giveUp: this.#giveUp.signal,
        }),
    );
  }

  /** Posts until `signal`, then completes the posts in progress. */
  async run(signal: AbortSignal): Promise<void> {
    const { rate } = this.#options;
    const begun = performance.now();
    let ordered = 0;
    while ((await sleep(TICK, signal)) === 'elapsed') {
      const due = ((performance.now() - begun) / 1_000) * rate;
      const waiting = this.#senders.reduce((sum, sender) => sum + sender.waiting, 0);
      // Messages that could not be ordered during an outage are skipped.
      if (waiting > rate * MAX_BACKLOG) ordered = due;
      while (ordered < due) ordered += this.#order();
    }
    const grace = setTimeout(() => this.giveUp(), GRACE);
    await Promise.all(this.#senders.map((sender) => sender.finish()));
    clearTimeout(grace);
  }

  /** Stops further attempts. Messages not accepted by now count as undecided. */
  giveUp(): void {
    this.#giveUp.abort();
  }

  /** Orders a message or a burst. @returns the number of messages. */
  #order(): number {
    const { random } = this.#options;
    const sender = random.pick(this.#senders);
    if (random.chance(ACCOUNT_BURST_SHARE)) {
      const family = this.#senders.filter(({ account }) => account === sender.account);
      const each = random.whole(2, 5);
      for (const member of family) member.order(each);
      return family.length * each;
    }
    const count = random.chance(BURST_SHARE) ? random.whole(10, 30) : 1;
    sender.order(count);
    return count;
  }
}

interface SenderOptions {
  chat: Chat;
  caller: Caller;
  ledger: Ledger;
  longest: number;
  random: Random;
  giveUp: AbortSignal;
}

/** Posts the messages of one chat, strictly one after the other. */
class Sender {
  readonly #options: SenderOptions;
  #seq = 0;
  #waiting = 0;
  #working: Promise<void> | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get account(): string {
    return this.#options.chat.account.userId;
  }

  /** Messages that are ordered but not started. */
  get waiting(): number {
    return this.#waiting;
  }

  order(count: number): void {
    this.#waiting += count;
    this.#working ??= this.#work();
  }

  /** Drops messages that are not started; resolves when the others have ended. */
  async finish(): Promise<void> {
    this.#waiting = 0;
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting > 0) {
      this.#waiting -= 1;
      await this.#post();
    }
    this.#working = undefined;
  }

  async #post(): Promise<void> {
    const { chat, caller, ledger, longest, random, giveUp } = this.#options;
    this.#seq += 1;
    const label = { chat: chat.name, seq: this.#seq };
    const text = writeText(label, random, longest);
    const message: PostedMessage = { ...label, from: chat.account.id, to: chat.to, text };
    const post = {
      userId: chat.account.userId,
      recipient: chat.recipient,
      text,
      key: nameOf(label),
      prefer: random.chance(WAITING_SHARE) ? 'wait=2' : 'respond-async',
    };
    const isRepeated = random.chance(REPEATED_SHARE);
    const end = await caller.post(post, giveUp);
    if (end.kind === 'undecided') ledger.undecided.push(message);
    else if (end.kind === 'refused') {
      ledger.refused.push(`${post.key}: ${end.why}`);
      // The sandbox shows later whether it arrived.
      ledger.undecided.push(message);
    } else {
      const { jobId, messageId, at } = end;
      ledger.accepted.push({ ...message, jobId, messageId, acceptedAt: at });
      const again = isRepeated ? await caller.post({ ...post, prefer: 'respond-async' }, giveUp) : end;
      if (again.kind === 'accepted' && again.jobId !== jobId)
        ledger.splitKeys.push(`${post.key}: ${jobId} and ${again.jobId}`);
      if (again.kind === 'refused') ledger.refused.push(`${post.key}, again: ${again.why}`);
    }
  }
}

import { setMaxListeners } from 'node:events';
import { sleep } from '@gateway/runtime';
import type { FileServer } from '../env/file-server.ts';
import { Caller } from './caller.ts';
import { emptyLedger, type Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { Sender } from './sender.ts';
import type { World } from './world.ts';

export interface LoadOptions {
  world: World;
  /** Addresses of the APIs. */
  urls: readonly string[];
  /** Messages per second, over all accounts. */
  rate: number;
  /** UTF-16 units of the longest texts. */
  longest: number;
  /** Has the files that are sent by their addresses. */
  server: FileServer;
  /** As {@link Poster}'s. */
  mayLoseUploads: boolean;
  random: Random;
}

/** ms between checks of the number of messages that are due. */
const TICK = 50;

/** Maximum waiting messages, in seconds of load. No more are ordered until some have been posted. */
const MAX_BACKLOG = 15;

/** ms for messages in progress at the end to be accepted. */
const GRACE = 60_000;

/** Shares of all orders: bursts in one chat, and bursts in all chats of an account. */
const BURST_SHARE = 0.01;
const ACCOUNT_BURST_SHARE = 0.01;

/**
 * Posts sends and changes of all kinds from all accounts to all their chats. Within a chat, a post starts once the
 * one before it has been accepted.
 */
export class Load {
  readonly ledger: Ledger = emptyLedger();
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
          server: options.server,
          mayLoseUploads: options.mayLoseUploads,
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

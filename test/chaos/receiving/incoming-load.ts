import { sleep } from '@gateway/runtime';
import type { SandboxControl } from '../../env/sandbox-control.ts';
import type { Random } from '../random.ts';
import { writeEdit, writeText } from '../texts.ts';
import type { IncomingChat } from './friends.ts';

/** Shares of what a friend does: edits (some twice at once), deletions, and several messages at once. */
const EDIT_SHARE = 0.2;
const TWICE_SHARE = 0.3;
const DELETE_SHARE = 0.06;
const BURST_SHARE = 0.05;

/** Edits and deletions choose among this many messages, the latest ones. */
const LATEST = 5;

/** UTF-16 units of the longest texts. */
const LONGEST = 400;

/** ms between checks of what is due, ms between tries of what must arrive, and how many of those. */
const TICK = 50;
const AGAIN = 500;
const TRIES = 60;

/** What friends write, edit and delete in one chat, one after the other. */
class Writer {
  readonly #chat: IncomingChat;
  readonly #control: SandboxControl;
  readonly #random: Random;
  readonly #latest: { id: number; seq: number }[] = [];
  #seq = 0;
  #edits = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(chat: IncomingChat, control: SandboxControl, random: Random) {
    this.#chat = chat;
    this.#control = control;
    this.#random = random;
  }

  /** Does one thing more, after the earlier ones. The sandbox knows what took effect, so failures do not matter. */
  order(): void {
    this.#work = this.#work.then(() => this.#act()).catch(() => {});
  }

  /** Writes a message, however often that takes: what was lost before is noticed by it. */
  async sayGoodbye(): Promise<void> {
    await this.#work;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#write();
      } catch (error) {
        if (tries === TRIES) throw error;
        await sleep(AGAIN);
      }
    }
  }

  async #act(): Promise<void> {
    const dice = this.#random.next();
    const target = this.#latest.length === 0 ? undefined : this.#random.pick(this.#latest);
    if (target === undefined || dice > EDIT_SHARE + DELETE_SHARE) {
      const count = this.#random.chance(BURST_SHARE) ? this.#random.whole(3, 10) : 1;
      for (let done = 0; done < count; done += 1) await this.#write();
    } else if (dice < EDIT_SHARE) {
      await this.#edit(target);
      if (this.#random.chance(TWICE_SHARE)) await this.#edit(target);
    } else await this.#delete(target);
  }

  async #write(): Promise<void> {
    this.#seq += 1;
    const { name, friend: from, to } = this.#chat;
    const seq = this.#seq;
    const { id } = await this.#control.write({
      from,
      to,
      text: writeText({ chat: name, seq }, this.#random, LONGEST),
    });
    this.#latest.push({ id, seq });
    if (this.#latest.length > LATEST) this.#latest.shift();
  }

  async #edit({ id: message_id, seq }: { id: number; seq: number }): Promise<void> {
    this.#edits += 1;
    const { name, friend: from, to } = this.#chat;
    const text = writeEdit({ chat: name, seq }, this.#edits, this.#random);
    await this.#control.edit({ from, to, message_id, text });
  }

  async #delete(target: { id: number }): Promise<void> {
    this.#latest.splice(
      this.#latest.findIndex(({ id }) => id === target.id),
      1,
    );
    const { friend: from, to } = this.#chat;
    await this.#control.delete({ from, to, message_ids: [target.id] });
  }
}

/** Friends write, edit and delete messages in all their chats. */
export class IncomingLoad {
  readonly #writers: readonly Writer[];
  readonly #rate: number;
  readonly #random: Random;

  /** `rate`: what is done per second, over all chats. */
  constructor(
    chats: readonly IncomingChat[],
    { control, rate, random }: { control: SandboxControl; rate: number; random: Random },
  ) {
    this.#rate = rate;
    this.#random = random;
    this.#writers = chats.map((chat) => new Writer(chat, control, random.fork()));
  }

  async run(signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    let ordered = 0;
    while ((await sleep(TICK, signal)) === 'elapsed') {
      const due = ((performance.now() - begun) / 1_000) * this.#rate;
      for (; ordered < due; ordered += 1) this.#random.pick(this.#writers).order();
    }
  }

  /** Writes once more in each chat, so that an account notices what it has missed there. */
  async sayGoodbye(): Promise<void> {
    for (const writer of this.#writers) await writer.sayGoodbye();
  }
}

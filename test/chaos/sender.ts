import type { Caller, Post, PostEnd } from './caller.ts';
import { nameOfEdit, type PostedEdit } from './judge-edits.ts';
import { nameOf, type AcceptedMessage, type PostedMessage } from './judge.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { writeEdit, writeText } from './texts.ts';
import type { Chat } from './world.ts';

/**
 * Shares of all posts: those that edit an earlier message, those whose caller waits for the result, and those that are
 * posted again after acceptance.
 */
const EDIT_SHARE = 0.15;
const WAITING_SHARE = 0.1;
const REPEATED_SHARE = 0.03;

/** UTF-16 units of the longest text that is sent as one message. */
const LONGEST_PART = 4_096;

/** Edits choose among this many messages, the latest ones, so that many messages are edited several times. */
const EDITABLE = 5;

export interface SenderOptions {
  chat: Chat;
  caller: Caller;
  ledger: Ledger;
  /** UTF-16 units of the longest texts. */
  longest: number;
  random: Random;
  giveUp: AbortSignal;
}

/** Posts the sends and edits of one chat, strictly one after the other. */
export class Sender {
  readonly #options: SenderOptions;
  #seq = 0;
  #edits = 0;
  #waiting = 0;
  #working: Promise<void> | undefined;
  readonly #editable: AcceptedMessage[] = [];

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get account(): string {
    return this.#options.chat.account.userId;
  }

  /** Posts that are ordered but not started. */
  get waiting(): number {
    return this.#waiting;
  }

  order(count: number): void {
    this.#waiting += count;
    this.#working ??= this.#work();
  }

  /** Drops posts that are not started; resolves when the others have ended. */
  async finish(): Promise<void> {
    this.#waiting = 0;
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting > 0) {
      this.#waiting -= 1;
      const target = this.#options.random.chance(EDIT_SHARE) ? await this.#editTarget() : undefined;
      await (target === undefined ? this.#send() : this.#edit(target));
    }
    this.#working = undefined;
  }

  /** One of the latest messages, if its id is known by now. */
  async #editTarget(): Promise<(AcceptedMessage & { messageId: number }) | undefined> {
    const { random, caller } = this.#options;
    if (this.#editable.length === 0) return undefined;
    const message = random.pick(this.#editable);
    const messageId = message.messageId ?? (await caller.messageIdOf(message.jobId));
    return messageId === null ? undefined : { ...message, messageId };
  }

  async #send(): Promise<void> {
    const { chat, ledger, longest, random } = this.#options;
    this.#seq += 1;
    const label = { chat: chat.name, seq: this.#seq };
    const text = writeText(label, random, longest);
    const message: PostedMessage = { ...label, from: chat.account.id, to: chat.to, text };
    const end = await this.#post(nameOf(label), '/telegram/user/send', { text });
    if (end.kind === 'accepted') {
      const { jobId, messageId, at } = end;
      const accepted = { ...message, jobId, messageId, acceptedAt: at };
      ledger.accepted.push(accepted);
      if (text.length <= LONGEST_PART) this.#editable.push(accepted);
      if (this.#editable.length > EDITABLE) this.#editable.shift();
    } else {
      // The sandbox shows later whether it arrived.
      ledger.undecided.push(message);
      if (end.kind === 'unknown') ledger.refused.push(`${nameOf(label)}: unknown outcome, ${end.jobId}`);
    }
  }

  async #edit({ chat, seq, messageId }: AcceptedMessage & { messageId: number }): Promise<void> {
    const { ledger, random } = this.#options;
    this.#edits += 1;
    const text = writeEdit({ chat, seq }, this.#edits, random);
    const edit: PostedEdit = { chat, seq, edit: this.#edits, messageId, text };
    const body = { message_id: messageId, text };
    const end = await this.#post(nameOfEdit(edit), '/telegram/user/message/edit', body);
    if (end.kind === 'accepted' || end.kind === 'unknown')
      ledger.acceptedEdits.push({ ...edit, jobId: end.jobId, acceptedAt: Date.now(), end: null });
    else ledger.undecidedEdits.push(edit);
  }

  /** Posts once, or at times twice under the same key. */
  async #post(key: string, path: Post['path'], fields: object): Promise<PostEnd> {
    const { chat, caller, ledger, random, giveUp } = this.#options;
    const body = { user_id: chat.account.userId, recipient_id: chat.recipient, ...fields };
    const prefer = random.chance(WAITING_SHARE) ? 'wait=2' : 'respond-async';
    const isRepeated = random.chance(REPEATED_SHARE);
    const end = await caller.post({ path, body, key, prefer }, giveUp);
    if (end.kind === 'refused') ledger.refused.push(`${key}: ${end.why}`);
    if (end.kind !== 'accepted' || !isRepeated) return end;
    const again = await caller.post({ path, body, key, prefer: 'respond-async' }, giveUp);
    if (again.kind === 'accepted' && again.jobId !== end.jobId)
      ledger.splitKeys.push(`${key}: ${end.jobId} and ${again.jobId}`);
    if (again.kind === 'refused') ledger.refused.push(`${key}, again: ${again.why}`);
    return end;
  }
}

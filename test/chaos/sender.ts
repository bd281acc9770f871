import { createHash } from 'node:crypto';
import type { Caller, Post, PostEnd } from './caller.ts';
import { nameOfAction, type PostedAction } from './judge-actions.ts';
import { nameOfEdit, type PostedEdit } from './judge-edits.ts';
import { nameOf, type AcceptedMessage, type PostedMessage } from './judge.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { writeEdit, writeLines, writeText, type Label } from './texts.ts';
import type { Chat } from './world.ts';

/**
 * Shares of all posts: those that edit, forward or delete an earlier message, those that send files, those whose caller
 * waits for the result, and those that are posted again after acceptance.
 */
const EDIT_SHARE = 0.15;
const FORWARD_SHARE = 0.05;
const DELETE_SHARE = 0.05;
const FILE_SHARE = 0.08;
const WAITING_SHARE = 0.1;
const REPEATED_SHARE = 0.03;

/** UTF-16 units of the longest text that is sent as one message. */
const LONGEST_PART = 4_096;

/** Files of one message. Several are an album. */
const FILES = [1, 1, 2, 3];
/** Bytes of the largest file: it goes to Telegram in two parts. */
const LARGEST_FILE = 700_000;

/** Edits choose among this many messages, the latest ones, so that many messages are edited several times. */
const EDITABLE = 5;

export interface SenderOptions {
  chat: Chat;
  caller: Caller;
  ledger: Ledger;
  /** UTF-16 units of the longest texts. */
  longest: number;
  /** Whether some messages have files. */
  files: boolean;
  random: Random;
  giveUp: AbortSignal;
}

/** Posts the sends, edits, forwards and deletes of one chat, strictly one after the other. */
export class Sender {
  readonly #options: SenderOptions;
  #seq = 0;
  #edits = 0;
  #actions = 0;
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
      await this.#postNext();
    }
    this.#working = undefined;
  }

  async #postNext(): Promise<void> {
    const { random, files } = this.#options;
    const dice = random.next();
    const share = EDIT_SHARE + FORWARD_SHARE + DELETE_SHARE;
    const target = dice < share ? await this.#target() : undefined;
    if (target === undefined)
      return files && random.chance(FILE_SHARE) ? this.#sendFiles() : this.#sendText();
    if (dice < EDIT_SHARE) return this.#edit(target);
    return this.#act(dice < EDIT_SHARE + FORWARD_SHARE ? 'forward' : 'delete', target);
  }

  /** One of the latest messages, if its id is known by now. */
  async #target(): Promise<(AcceptedMessage & { messageId: number }) | undefined> {
    const { random, caller } = this.#options;
    if (this.#editable.length === 0) return undefined;
    const message = random.pick(this.#editable);
    const messageId = message.messageId ?? (await caller.messageIdOf(message.jobId));
    return messageId === null ? undefined : { ...message, messageId };
  }

  async #sendText(): Promise<void> {
    const { longest, random } = this.#options;
    const label = this.#nextLabel();
    const text = writeText(label, random, longest);
    const accepted = await this.#send({ ...label, text }, { text });
    if (accepted !== undefined && text.length <= LONGEST_PART) this.#editable.push(accepted);
    if (this.#editable.length > EDITABLE) this.#editable.shift();
  }

  /** Sends a file, or an album, each file with a caption of its own. */
  async #sendFiles(): Promise<void> {
    const { chat, caller, random, giveUp } = this.#options;
    const label = this.#nextLabel();
    const texts = writeLines(label, random, random.pick(FILES));
    const [files, media]: [string[], object[]] = [[], []];
    for (const text of texts) {
      const bytes = Buffer.alloc(random.whole(1, LARGEST_FILE), text);
      const upload_id = await caller.upload(chat.account.userId, bytes, giveUp);
      if (upload_id === null) return;
      files.push(createHash('sha256').update(bytes).digest('hex'));
      media.push({ type: 'document', upload_id, text });
    }
    await this.#send({ ...label, text: texts.join('\n'), files }, { media });
  }

  #nextLabel(): Label {
    this.#seq += 1;
    return { chat: this.#options.chat.name, seq: this.#seq };
  }

  /** @param content the fields of the request. @returns the message, if it was accepted. */
  async #send(
    posted: Omit<PostedMessage, 'from' | 'to'>,
    content: object,
  ): Promise<AcceptedMessage | undefined> {
    const { chat, ledger } = this.#options;
    const message: PostedMessage = { ...posted, from: chat.account.id, to: chat.to };
    const end = await this.#post(nameOf(message), '/telegram/user/send', content);
    if (end.kind === 'accepted') {
      const { jobId, messageId, at } = end;
      const accepted = { ...message, jobId, messageId, acceptedAt: at };
      ledger.accepted.push(accepted);
      return accepted;
    }
    // The sandbox shows later whether it arrived.
    ledger.undecided.push(message);
    if (end.kind === 'unknown') ledger.refused.push(`${nameOf(message)}: unknown outcome, ${end.jobId}`);
    return undefined;
  }

  /** Forwards a message to the account's own chat, or deletes it. */
  async #act(
    kind: PostedAction['kind'],
    { chat, seq, messageId, from }: AcceptedMessage & { messageId: number },
  ): Promise<void> {
    const { ledger } = this.#options;
    this.#actions += 1;
    const action: PostedAction = { kind, chat, seq, from, messageId, number: this.#actions };
    if (kind === 'delete')
      this.#editable.splice(
        this.#editable.findIndex((each) => each.seq === seq),
        1,
      );
    const fields = { message_ids: [messageId], ...(kind === 'forward' && { to_recipient_id: 'me' }) };
    const end = await this.#post(nameOfAction(action), `/telegram/user/message/${kind}`, fields);
    if (end.kind === 'accepted' || end.kind === 'unknown')
      ledger.acceptedActions.push({ ...action, jobId: end.jobId, acceptedAt: Date.now(), end: null });
    else ledger.undecidedActions.push(action);
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

import type { Caller, Post, PostEnd } from './caller.ts';
import { nameOf, type AcceptedMessage, type PostedMessage } from './judge.ts';
import type { Changes, Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { Chat } from './world.ts';

/** Shares of all posts: those whose caller waits for the result, and those that are posted again after acceptance. */
const WAITING_SHARE = 0.1;
const REPEATED_SHARE = 0.03;

export interface PosterOptions {
  chat: Chat;
  caller: Caller;
  ledger: Ledger;
  random: Random;
  giveUp: AbortSignal;
  /** Whether Redis may lose the record of an upload in a failover. The file is then uploaded again. */
  mayLoseUploads: boolean;
}

/** Posts sends and changes of one chat, and records in the ledger what became of them. */
export class Poster {
  readonly chat: Chat;
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly giveUp: AbortSignal;
  readonly #mayLoseUploads: boolean;
  /** The uploads of the post that is being made. */
  readonly #uploads = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor({ chat, caller, ledger, random, giveUp, mayLoseUploads }: PosterOptions) {
    this.#mayLoseUploads = mayLoseUploads;
    this.chat = chat;
    this.caller = caller;
    this.ledger = ledger;
    this.random = random;
    this.giveUp = giveUp;
  }

  /** @param content the fields of the request. @returns the message, if it was accepted. */
  async send(
    posted: Omit<PostedMessage, 'from' | 'to'>,
    content: object,
  ): Promise<AcceptedMessage | undefined> {
    const { chat, ledger } = this;
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

  /** @param name names the change, and is its key. */
  async change<P>(
    changes: Changes<P>,
    posted: P,
    name: string,
    path: Post['path'],
    fields: object,
  ): Promise<void> {
    const end = await this.#post(name, path, fields);
    if (end.kind === 'accepted' || end.kind === 'unknown')
      changes.accepted.push({ ...posted, jobId: end.jobId, acceptedAt: Date.now(), end: null });
    else changes.undecided.push(posted);
  }

  /** Uploads a file of the account. @returns its `upload_id`; `null` if the run has ended meanwhile. */
  async upload(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
    const uploadId = await this.caller.upload(this.chat.account.userId, bytes, this.giveUp);
    if (uploadId !== null) this.#uploads.set(uploadId, bytes);
    return uploadId;
  }

  /** Posts once, or at times twice under the same key. */
  async #post(key: string, path: Post['path'], fields: object): Promise<PostEnd> {
    const { chat, caller, ledger, random, giveUp } = this;
    let body: object = { user_id: chat.account.userId, recipient_id: chat.recipient, ...fields };
    const prefer = random.chance(WAITING_SHARE) ? 'wait=2' : 'respond-async';
    const isRepeated = random.chance(REPEATED_SHARE);
    let end = await caller.post({ path, body, key, prefer }, giveUp);
    while (this.#mayLoseUploads && end.kind === 'refused' && end.why.includes('UPLOAD_NOT_FOUND')) {
      body = await this.#uploadedAgain(body);
      end = await caller.post({ path, body, key, prefer }, giveUp);
    }
    this.#uploads.clear();
    if (end.kind === 'refused') ledger.refused.push(`${key}: ${end.why}`);
    if (end.kind !== 'accepted' || !isRepeated) return end;
    const again = await caller.post({ path, body, key, prefer: 'respond-async' }, giveUp);
    if (again.kind === 'accepted' && again.jobId !== end.jobId)
      ledger.splitKeys.push(`${key}: ${end.jobId} and ${again.jobId}`);
    if (again.kind === 'refused') ledger.refused.push(`${key}, again: ${again.why}`);
    return end;
  }

  /** The request with new uploads of the same bytes. */
  async #uploadedAgain(body: object): Promise<object> {
    let json = JSON.stringify(body);
    for (const [uploadId, bytes] of Array.from(this.#uploads)) {
      const again = await this.upload(bytes);
      if (again !== null) json = json.replaceAll(uploadId, again);
    }
    return JSON.parse(json) as object;
  }
}

import type { FileServer } from '../env/file-server.ts';
import * as changes from './changes.ts';
import type { AcceptedMessage } from './judge.ts';
import { Poster, type PosterOptions } from './poster.ts';
import { sendAgain, sendAttachment, sendFiles, sendText } from './sends.ts';
import { Targets } from './targets.ts';
import type { Label } from './texts.ts';

/** What one post does, and how many of 1,000 posts do it. All others send a text. */
const KINDS = {
  'send files': 60,
  'send a file again': 15,
  'send an attachment': 40,
  'change what was just sent': 60,
  edit: 120,
  'replace a file': 30,
  forward: 40,
  delete: 40,
  react: 50,
  pin: 30,
  read: 20,
  press: 60,
  'join or leave': 60,
  download: 30,
};
type Kind = keyof typeof KINDS | 'send a text';

/** The types of files that Telegram lets people replace. */
const REPLACEABLE = new Set(['document', 'photo', 'video', 'animation', 'audio']);

export interface SenderOptions extends PosterOptions {
  /** UTF-16 units of the longest texts. */
  longest: number;
  server: FileServer;
}

/** Posts the sends and changes of one chat, strictly one after the other. */
export class Sender {
  readonly #longest: number;
  readonly #server: FileServer;
  readonly #poster: Poster;
  readonly #targets: Targets;
  #seq = 0;
  #changes = 0;
  #waiting = 0;
  #working: Promise<void> | undefined;

  constructor({ longest, server, ...options }: SenderOptions) {
    this.#longest = longest;
    this.#server = server;
    this.#poster = new Poster(options);
    this.#targets = new Targets(options.caller, options.random);
  }

  get account(): string {
    return this.#poster.chat.account.userId;
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
      const kind = this.#pick();
      const done = kind === 'send a text' ? false : await this.#post(kind);
      if (!done) await this.#sendText();
    }
    this.#working = undefined;
  }

  #pick(): Kind {
    let dice = this.#poster.random.whole(0, 999);
    for (const [kind, share] of Object.entries(KINDS)) {
      dice -= share;
      if (dice < 0) return kind as Kind;
    }
    return 'send a text';
  }

  /** @returns whether it was possible: changes need a message. */
  async #post(kind: keyof typeof KINDS): Promise<boolean> {
    const poster = this.#poster;
    const next = () => (this.#changes += 1);
    switch (kind) {
      case 'send files':
        this.#noteFiles(await sendFiles(poster, this.#nextLabel(), this.#server));
        return true;
      case 'send an attachment':
        await sendAttachment(poster, this.#nextLabel());
        return true;
      case 'change what was just sent':
        await this.#changeWhatIsSent(next);
        return true;
      case 'press':
      case 'join or leave':
        if (poster.chat.extras === undefined) return false;
        if (kind === 'press') await changes.press(poster, next);
        else await changes.joinOrLeave(poster, next);
        return true;
      case 'replace a file': {
        const message = this.#targets.any('file');
        if (message === undefined) return this.#post('send files');
        await changes.replaceFile(poster, next, this.#server, message);
        return true;
      }
      case 'send a file again':
      case 'download': {
        const message = await this.#targets.known('kept file');
        if (message === undefined) return this.#post('send files');
        if (kind === 'download') await changes.download(poster, message);
        else this.#noteFiles(await sendAgain(poster, this.#nextLabel(), message));
        return true;
      }
      default: {
        const message = await this.#targets.known('text');
        if (message === undefined) return false;
        if (kind === 'edit') await changes.editText(poster, next, message);
        else if (kind === 'react') await changes.react(poster, next, message);
        else if (kind === 'read') await changes.read(poster, next, message);
        // A pin in a group is a message of its own.
        else if (kind === 'pin' && message.to > 0) await changes.pin(poster, next, message);
        else if (kind === 'forward' || kind === 'delete') await this.#act(next, kind, message);
        return true;
      }
    }
  }

  /** Sends something, and changes it by its job, which may still wait. */
  async #changeWhatIsSent(next: changes.NextNumber): Promise<void> {
    const { random } = this.#poster;
    if (random.chance(0.3)) {
      const sent = await sendFiles(this.#poster, this.#nextLabel(), this.#server);
      if (sent !== undefined) await this.#act(next, random.pick(['forward', 'delete']), byJob(sent));
      return;
    }
    const sent = await this.#sendText();
    if (sent === undefined) return;
    const kind = random.pick(['edit', 'react', 'forward', 'delete'] as const);
    if (kind === 'edit') await changes.editText(this.#poster, next, byJob(sent));
    else if (kind === 'react') await changes.react(this.#poster, next, byJob(sent));
    else await this.#act(next, kind, byJob(sent));
  }

  async #act(next: changes.NextNumber, kind: 'forward' | 'delete', message: AcceptedMessage): Promise<void> {
    if (kind === 'delete') this.#targets.remove(message);
    await changes.act(this.#poster, next, kind, message);
  }

  /** @returns the message, if it was accepted and is one that can be edited. */
  async #sendText(): Promise<AcceptedMessage | undefined> {
    const { accepted, isWhole } = await sendText(this.#poster, this.#nextLabel(), this.#longest);
    if (accepted === undefined || !isWhole) return undefined;
    this.#targets.add('text', accepted);
    return accepted;
  }

  /** A message with a single file is for edits, or for downloads and further sends. */
  #noteFiles(message: AcceptedMessage | undefined): void {
    if (message?.files?.length !== 1) return;
    const canBeReplaced = REPLACEABLE.has(message.type ?? '') && this.#poster.random.chance(0.5);
    this.#targets.add(canBeReplaced ? 'file' : 'kept file', message);
  }

  #nextLabel(): Label {
    this.#seq += 1;
    return { chat: this.#poster.chat.name, seq: this.#seq };
  }
}

/** The message as one whose id is not known. */
function byJob(message: AcceptedMessage): AcceptedMessage {
  return { ...message, messageId: null };
}

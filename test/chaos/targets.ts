import type { Caller } from './caller.ts';
import type { AcceptedMessage } from './judge.ts';
import type { Random } from './random.ts';

/** Changes choose among so many messages of a kind, the latest ones, so that many are changed several times. */
const KEPT = 5;

/** What a message can be changed by: a text by edits, a file by another file. A kept file is downloaded and sent on. */
export type TargetKind = 'text' | 'file' | 'kept file';

export type Target = AcceptedMessage & { messageId: number };

/** The latest messages of one chat that changes may concern. */
export class Targets {
  readonly #caller: Caller;
  readonly #random: Random;
  readonly #lists = new Map<TargetKind, AcceptedMessage[]>();

  constructor(caller: Caller, random: Random) {
    this.#caller = caller;
    this.#random = random;
  }

  add(kind: TargetKind, message: AcceptedMessage): void {
    const list = this.#lists.get(kind) ?? [];
    this.#lists.set(kind, [...list, message].slice(-KEPT));
  }

  remove({ seq }: AcceptedMessage): void {
    for (const [kind, list] of this.#lists)
      this.#lists.set(
        kind,
        list.filter((each) => each.seq !== seq),
      );
  }

  /** One of the latest messages; its id may not be known yet. */
  any(kind: TargetKind): AcceptedMessage | undefined {
    const list = this.#lists.get(kind) ?? [];
    return list.length === 0 ? undefined : this.#random.pick(list);
  }

  /** One of the latest messages, if its id is known by now. */
  async known(kind: TargetKind): Promise<Target | undefined> {
    const message = this.any(kind);
    if (message === undefined) return undefined;
    const messageId = message.messageId ?? (await this.#caller.resultOf(message.jobId))?.messageId ?? null;
    if (messageId === null) return undefined;
    message.messageId = messageId;
    return { ...message, messageId };
  }
}

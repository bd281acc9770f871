import type { ClientInfo } from '../types.ts';
import type { MessageIds } from './message-ids.ts';
import type { MtprotoMessage } from './message.ts';
import { Outbox } from './outbox.ts';
import { ReceivedMessages } from './received-messages.ts';

/** The methods of a connection that its session calls. */
export interface SessionLink {
  deliver(sessionId: string, messages: readonly MtprotoMessage[]): void;
}

/** How many failed calls are kept for `invokeAfterMsg`. */
const MAX_FAILED = 64;

/** One MTProto session of an auth key. It outlives its connections: a client resumes it by using its id on another. */
export class MtprotoSession {
  /** 16 hex digits. */
  readonly id: string;
  readonly received = new ReceivedMessages();
  readonly outbox: Outbox;
  /** The running API calls by msg_id. Each promise resolves to whether the call succeeded, once it is answered. */
  readonly running = new Map<bigint, Promise<boolean>>();
  /** The running calls whose answer the client no longer wants. */
  readonly unwanted = new Set<bigint>();
  layer: number | undefined;
  client: ClientInfo | undefined;
  /** Whether the latest call was outside of `invokeWithoutUpdates`. Only then are updates pushed to this session. */
  takesUpdates = false;
  readonly #failed = new Set<bigint>();
  #link: SessionLink | undefined;
  #isFlushDue = false;

  constructor(id: string, messageIds: MessageIds) {
    this.id = id;
    this.outbox = new Outbox(messageIds);
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Moves the session to a connection. Queues again what the client has not acknowledged. */
  attach(link: SessionLink): void {
    if (this.#link === link) return;
    this.#link = link;
    this.outbox.repeatAll();
    this.flushSoon();
  }

  detach(link: SessionLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.outbox.dropQueue();
  }

  /** Sends the queue at the end of the current turn, so that messages queued until then can share a packet. */
  flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    this.#isFlushDue = false;
    if (this.#link === undefined) this.outbox.dropQueue();
    else this.#link.deliver(this.id, this.outbox.takeAll());
  }

  noteFailure(msgId: bigint): void {
    this.#failed.add(msgId);
    for (const oldest of this.#failed) {
      if (this.#failed.size <= MAX_FAILED) break;
      this.#failed.delete(oldest);
    }
  }

  /** Whether a call succeeded. Waits for a running call; assumes that a call it does not know succeeded. */
  async succeeded(msgId: bigint): Promise<boolean> {
    return (await this.running.get(msgId)) ?? !this.#failed.has(msgId);
  }
}

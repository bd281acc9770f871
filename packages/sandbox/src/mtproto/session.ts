import type { ClientInfo } from '../types.ts';
import type { MessageIds } from './message-ids.ts';
import type { Message } from './message.ts';
import { Outbox } from './outbox.ts';
import { ReceivedMessages } from './received-messages.ts';

/** The connection that a session is on, as the session sees it. */
export interface SessionLink {
  deliver(sessionId: string, messages: readonly Message[]): void;
}

/** How many failed calls are remembered for `invokeAfterMsg`. */
const MAX_FAILED = 64;

/** One MTProto session of an auth key. It outlives its connections; the client picks it up on another by using its id. */
export class Session {
  /** 16 hex digits. */
  readonly id: string;
  readonly received = new ReceivedMessages();
  readonly outbox: Outbox;
  /** The API calls that are being worked on, by msg_id: each resolves, when it is answered, to whether it went well. */
  readonly running = new Map<bigint, Promise<boolean>>();
  /** The running calls whose answer the client does not want any more. */
  readonly unwanted = new Set<bigint>();
  layer: number | undefined;
  client: ClientInfo | undefined;
  /** Whether its last call was one outside of `invokeWithoutUpdates`: then updates are pushed here. */
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

  /** The session is used on this connection from now on. What was not acknowledged on an earlier one goes out again. */
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

  /** Sends what is queued once all that is done in this turn is queued: it may then share a packet. */
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

  /** Whether a call has gone well, or may have: of one that nothing is known of, the best is assumed. Waits for one that runs. */
  async succeeded(msgId: bigint): Promise<boolean> {
    return (await this.running.get(msgId)) ?? !this.#failed.has(msgId);
  }
}

import type { MessageIds } from './message-ids.ts';
import { constructorIdOf, MESSAGE_OVERHEAD, RPC_RESULT_ID, writeContainer, type Message } from './message.ts';

/** Beyond these the oldest are given up: a client that never acknowledges must not fill the memory. */
const MAX_UNACKED = 512;
const MAX_UNACKED_BYTES = 2 ** 22;

/** What goes into one container at most. */
const MAX_CONTAINED = 100;
const MAX_CONTAINED_BYTES = 2 ** 19;

/**
 * What the server has to say in one session: numbers it, holds what has content until the client acknowledges it, and packs what is
 * said at once into one container.
 */
export class Outbox {
  readonly #ids: MessageIds;
  readonly #unacked = new Map<bigint, Message>();
  /** The unacknowledged answers, by the request that each is for. */
  readonly #answers = new Map<bigint, Message>();
  #unackedBytes = 0;
  #contentCount = 0;
  #queue: Message[] = [];

  constructor(ids: MessageIds) {
    this.#ids = ids;
  }

  /** Queues a message that needs no acknowledgement; `isAnswer` for one that a request of the client caused. */
  say(body: Buffer, isAnswer: boolean): void {
    this.#queue.push({ msgId: this.#ids.next(isAnswer), seqno: this.#contentCount * 2, body });
  }

  /** Queues a message that the client must acknowledge. */
  sayForSure(body: Buffer, isAnswer: boolean): Message {
    const message = { msgId: this.#ids.next(isAnswer), seqno: this.#contentCount * 2 + 1, body };
    this.#contentCount += 1;
    this.#queue.push(message);
    this.#unacked.set(message.msgId, message);
    this.#unackedBytes += body.length;
    for (const oldest of this.#unacked.values()) {
      if (this.#unacked.size <= MAX_UNACKED && this.#unackedBytes <= MAX_UNACKED_BYTES) break;
      this.acknowledged(oldest.msgId);
    }
    return message;
  }

  /** Queues an `rpc_result`. */
  answer(requestMsgId: bigint, rpcResult: Buffer): void {
    this.#answers.set(requestMsgId, this.sayForSure(rpcResult, true));
  }

  /** The answer to a request, as long as the client has not acknowledged it. */
  answerTo(requestMsgId: bigint): Message | undefined {
    return this.#answers.get(requestMsgId);
  }

  /** Queues once more a message that is not acknowledged yet. False where there is no such message. */
  repeat(msgId: bigint): boolean {
    const message = this.#unacked.get(msgId);
    if (message === undefined) return false;
    if (!this.#queue.includes(message)) this.#queue.push(message);
    return true;
  }

  /** Queues all that is not acknowledged, in its order, ahead of what is queued now. */
  repeatAll(): void {
    const fresh = this.#queue.filter(({ msgId }) => !this.#unacked.has(msgId));
    this.#queue = [...this.#unacked.values(), ...fresh];
  }

  acknowledged(msgId: bigint): void {
    const message = this.#unacked.get(msgId);
    if (message === undefined) return;
    this.#unacked.delete(msgId);
    this.#unackedBytes -= message.body.length;
    if (constructorIdOf(message.body) === RPC_RESULT_ID) this.#answers.delete(message.body.readBigInt64LE(4));
  }

  /** The queued messages, as few as can be: several in a container. The queue is empty afterwards. */
  takeAll(): Message[] {
    const queue = this.#queue;
    this.#queue = [];
    if (queue.length < 2) return queue;
    return batches(queue).map((batch) =>
      batch.length === 1 && batch[0] !== undefined ? batch[0] : this.#contain(batch),
    );
  }

  /** For when there is no connection: what needs no acknowledgement is out of date by the next one. */
  dropQueue(): void {
    this.#queue = [];
  }

  #contain(batch: readonly Message[]): Message {
    return { msgId: this.#ids.next(false), seqno: this.#contentCount * 2, body: writeContainer(batch) };
  }
}

function batches(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = 0;
  for (const message of messages) {
    bytes += message.body.length + MESSAGE_OVERHEAD;
    const batch = batches.at(-1);
    if (batch === undefined || batch.length >= MAX_CONTAINED || bytes > MAX_CONTAINED_BYTES) {
      batches.push([message]);
      bytes = message.body.length + MESSAGE_OVERHEAD;
    } else batch.push(message);
  }
  return batches;
}

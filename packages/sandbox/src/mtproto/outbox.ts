import type { MessageIds } from './message-ids.ts';
import {
  constructorIdOf,
  MESSAGE_OVERHEAD,
  RPC_RESULT_ID,
  writeContainer,
  type MtprotoMessage,
} from './message.ts';

/**
 * Limits for unacknowledged messages. Beyond them the oldest are dropped, so that a client that never acknowledges
 * cannot fill the memory.
 */
const MAX_UNACKED = 512;
const MAX_UNACKED_BYTES = 2 ** 22;

/** Limits of one container. */
const MAX_CONTAINED = 100;
const MAX_CONTAINED_BYTES = 2 ** 19;

/**
 * The outgoing messages of one session. Assigns message ids and sequence numbers, keeps messages until the client
 * acknowledges them, and packs messages that are sent together into one container.
 */
export class Outbox {
  readonly #ids: MessageIds;
  readonly #unacked = new Map<bigint, MtprotoMessage>();
  /** The unacknowledged answers, by the msg_id of the request. */
  readonly #answers = new Map<bigint, MtprotoMessage>();
  #unackedBytes = 0;
  #contentCount = 0;
  #queue: MtprotoMessage[] = [];

  constructor(ids: MessageIds) {
    this.#ids = ids;
  }

  /** Queues a message that needs no acknowledgement. `isAnswer`: whether a client's request caused it. */
  say(body: Buffer, isAnswer: boolean): void {
    this.#queue.push({ msgId: this.#ids.next(isAnswer), seqno: this.#contentCount * 2, body });
  }

  /** Queues a message that the client must acknowledge. `isAnswer`: whether a client's request caused it. */
  sayForSure(body: Buffer, isAnswer: boolean): MtprotoMessage {
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

  /** The answer to a request, until the client acknowledges it. */
  answerTo(requestMsgId: bigint): MtprotoMessage | undefined {
    return this.#answers.get(requestMsgId);
  }

  /** Queues an unacknowledged message again. Returns false if there is no such message. */
  repeat(msgId: bigint): boolean {
    const message = this.#unacked.get(msgId);
    if (message === undefined) return false;
    if (!this.#queue.includes(message)) this.#queue.push(message);
    return true;
  }

  /** Queues all unacknowledged messages in order, ahead of those in the queue now. */
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

  /** Empties the queue. Returns its messages in as few as possible: several are packed into containers. */
  takeAll(): MtprotoMessage[] {
    const queue = this.#queue;
    this.#queue = [];
    if (queue.length < 2) return queue;
    return batches(queue).map((batch) =>
      batch.length === 1 && batch[0] !== undefined ? batch[0] : this.#contain(batch),
    );
  }

  /** For a lost connection: a message that needs no acknowledgement would be outdated on the next connection. */
  dropQueue(): void {
    this.#queue = [];
  }

  #contain(batch: readonly MtprotoMessage[]): MtprotoMessage {
    return { msgId: this.#ids.next(false), seqno: this.#contentCount * 2, body: writeContainer(batch) };
  }
}

function batches(messages: readonly MtprotoMessage[]): MtprotoMessage[][] {
  const batches: MtprotoMessage[][] = [];
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

import { TlDecodeError } from '../tl/errors.ts';
import { TlReader } from '../tl/tl-reader.ts';
import { TlWriter } from '../tl/tl-writer.ts';

/** An MTProto message: a serialized object with its message id and sequence number. */
export interface MtprotoMessage {
  msgId: bigint;
  seqno: number;
  body: Buffer;
}

export const CONTAINER_ID = 0x73f1f8dc;
export const RPC_RESULT_ID = 0xf35c6d01;

/** Bytes that a message takes in a container in addition to its body. */
export const MESSAGE_OVERHEAD = 16;

const MAX_CONTAINED = 1020;

/** The constructor id at the start of a message body; 0 if the body is too short to have one. */
export function constructorIdOf(body: Buffer): number {
  return body.length < 4 ? 0 : body.readUInt32LE(0);
}

/**
 * The messages in a `msg_container`, whose body includes the constructor id.
 * @throws {TlDecodeError} if it breaks the rules for containers.
 */
export function openContainer(container: MtprotoMessage): MtprotoMessage[] {
  const reader = new TlReader(container.body, 4);
  const count = reader.uint32();
  if (count === 0 || count > MAX_CONTAINED)
    throw new TlDecodeError('malformed', `a container of ${count} messages`);
  const messages: MtprotoMessage[] = [];
  for (let i = 0; i < count; i += 1) {
    const msgId = reader.long();
    const seqno = reader.int32();
    const body = reader.raw(reader.uint32());
    const isContainer = constructorIdOf(body) === CONTAINER_ID;
    if (msgId >= container.msgId || isContainer || body.length % 4 !== 0) {
      throw new TlDecodeError('malformed', 'a message that may not be in a container');
    }
    messages.push({ msgId, seqno, body });
  }
  if (reader.remaining > 0)
    throw new TlDecodeError('too-long', 'bytes behind the last message of a container');
  return messages;
}

/** The body of a `msg_container`. */
export function writeContainer(messages: readonly MtprotoMessage[]): Buffer {
  const size = messages.reduce((sum, { body }) => sum + body.length + MESSAGE_OVERHEAD, 8);
  const writer = new TlWriter(size);
  writer.uint32(CONTAINER_ID);
  writer.uint32(messages.length);
  for (const { msgId, seqno, body } of messages) {
    writer.long(msgId);
    writer.int32(seqno);
    writer.uint32(body.length);
    writer.raw(body);
  }
  return writer.finish();
}

/** The body of an `rpc_result`. */
export function writeRpcResult(requestMsgId: bigint, result: Buffer): Buffer {
  const body = Buffer.allocUnsafe(12 + result.length);
  body.writeUInt32LE(RPC_RESULT_ID, 0);
  body.writeBigInt64LE(requestMsgId, 4);
  body.set(result, 12);
  return body;
}

import type { Account, Message, PeerId } from '../../state/model.ts';
import { chatOf, messageIn } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { intField, optionalObject } from '../fields.ts';
import { boxOf } from '../peers.ts';

type ReplyFields = Pick<Message, 'replyTo' | 'quote' | 'topicId'>;

/**
 * The fields of a message that an `InputReplyTo` sets. Many clients send the id 0 for "no reply".
 *
 * @throws {RpcError} REPLY_MESSAGE_ID_INVALID if the chat has no such message, TOPIC_DELETED, QUOTE_TEXT_INVALID.
 */
export function replyOf(
  store: Store,
  account: Account,
  to: PeerId,
  input: TlObject | undefined,
): ReplyFields {
  if (input === undefined || input._ !== 'inputReplyToMessage') return {};
  const id = intField(input, 'reply_to_msg_id');
  const topicId = topicOf(store, to, input['top_msg_id']);
  if (id === 0 || id === topicId) return topicId === undefined ? {} : { topicId };
  const box = boxOf(to, account.id);
  const original = messageIn(store.state, box, id);
  if (original === undefined || chatOf(original, box) !== to) throw rpcError('REPLY_MESSAGE_ID_INVALID');
  if (original.action === 'topic_created') return { topicId: id };
  const topic = topicId ?? original.topicId;
  return {
    replyTo: id,
    ...(topic !== undefined && { topicId: topic }),
    ...quoteOf(original, input),
  };
}

/** The `InputReplyTo` of a call that sends. Older layers have its fields in the call. */
export function replyInputOf(query: TlObject): TlObject | undefined {
  const { reply_to_msg_id = 0, top_msg_id } = query;
  if (query['reply_to_msg_id'] === undefined && top_msg_id === undefined)
    return optionalObject(query, 'reply_to');
  return { _: 'inputReplyToMessage', reply_to_msg_id, top_msg_id };
}

/** @param id of the topic's first message. @throws {RpcError} TOPIC_DELETED if the chat has no such topic. */
export function topicOf(store: Store, peer: PeerId, id: unknown): number | undefined {
  if (typeof id !== 'number' || id === 0) return undefined;
  if (messageIn(store.state, peer, id)?.action !== 'topic_created') throw rpcError('TOPIC_DELETED');
  return id;
}

function quoteOf({ text: original }: Message, input: TlObject): ReplyFields {
  const { quote_text: text, quote_offset: offset } = input;
  if (typeof text !== 'string' || text === '') return {};
  if (!original.includes(text)) throw rpcError('QUOTE_TEXT_INVALID');
  return { quote: { text, ...(typeof offset === 'number' && { offset }) } };
}

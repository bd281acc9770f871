import type { Account, Message, PeerId } from '../../state/model.ts';
import { chatOf, idIn, randomIdKey } from '../../state/state.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import {
  flagField,
  intField,
  longField,
  objectField,
  objectList,
  optionalObject,
  textField,
} from '../fields.ts';
import { entityObject, messageUpdates } from '../message-objects.ts';
import { acceptText } from '../message-text.ts';
import { boxOf, hasWrittenTo, peerOfInput, SERVICE_ACCOUNT_ID } from '../peers.ts';
import { postMessage } from '../post-message.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../telegram.ts';

export function sendMessage({ call, query, account, telegram }: UserRequest): TlObject {
  const { store, settings } = telegram;
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  const randomId = longField(query, 'random_id');
  if (randomId === 0n) throw rpcError('RANDOM_ID_EMPTY');
  const earlier = store.state.messageByRandomId.get(randomIdKey(account.id, String(randomId)));
  if (earlier !== undefined) {
    if (settings.repeated_random_id === 'error') throw rpcError('RANDOM_ID_DUPLICATE');
    return sentMessage(telegram, account, earlier);
  }
  checkMayWrite(telegram, account, to);
  // The sandbox does not implement scheduled messages.
  if (query['schedule_date'] !== undefined) throw rpcError('SCHEDULE_DATE_INVALID');
  const { text, entities } = acceptText(
    store,
    account,
    textField(query, 'message'),
    objectList(query, 'entities'),
  );
  const replyTo = replyOf(telegram, account, to, optionalObject(query, 'reply_to'));
  const message = postMessage(
    telegram,
    {
      from: account.id,
      to,
      text,
      date: unixSeconds(telegram),
      randomId: String(randomId),
      ...(entities.length > 0 && { entities }),
      ...(flagField(query, 'silent') && { silent: true }),
      ...(flagField(query, 'no_webpage') && { noWebpage: true }),
      ...(replyTo !== undefined && { replyTo }),
    },
    call,
  );
  return sentMessage(telegram, account, message);
}

function checkMayWrite({ store }: Telegram, account: Account, to: PeerId): void {
  if (to === SERVICE_ACCOUNT_ID) throw rpcError('CHAT_WRITE_FORBIDDEN');
  // A bot cannot start a chat with a user.
  if (account.botToken !== undefined && to > 0 && !hasWrittenTo(store, to, account.id))
    throw rpcError('PEER_ID_INVALID');
  const chat = store.state.chats.get(to);
  if (chat === undefined) return;
  if (!chat.members.includes(account.id)) throw rpcError('CHAT_WRITE_FORBIDDEN');
  if (chat.kind === 'channel' && chat.members[0] !== account.id) throw rpcError('CHAT_ADMIN_REQUIRED');
}

/** @throws {RpcError} REPLY_MESSAGE_ID_INVALID if the chat has no such message. */
function replyOf(
  { store }: Telegram,
  account: Account,
  to: PeerId,
  input: TlObject | undefined,
): number | undefined {
  if (input === undefined || input._ !== 'inputReplyToMessage') return undefined;
  const id = intField(input, 'reply_to_msg_id');
  const box = boxOf(to, account.id);
  const original = store.state.boxes.get(box)?.messages[id - 1];
  if (original === undefined || chatOf(original, box) !== to) throw rpcError('REPLY_MESSAGE_ID_INVALID');
  return id;
}

/** As at Telegram, the answer is short for a private chat with another user, and a full `updates` object otherwise. */
function sentMessage({ store }: Telegram, account: Account, message: Message): TlObject {
  const id = idIn(message, boxOf(message.to, account.id)) ?? 0;
  if (message.to >= 0 && message.to !== account.id) {
    const entities = message.entities?.map(entityObject);
    return {
      _: 'updateShortSentMessage',
      out: true,
      id,
      pts: id + 1,
      pts_count: 1,
      date: message.date,
      entities,
    };
  }
  return messageUpdates(store, account, message, [
    { _: 'updateMessageID', id, random_id: BigInt(message.randomId) },
  ]);
}

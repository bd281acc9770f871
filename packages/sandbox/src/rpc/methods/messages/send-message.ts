import type { Account, Message } from '../../../state/model.ts';
import { idIn } from '../../../state/state.ts';
import type { TlObject } from '../../../types.ts';
import { buttonsOf, letBotReply } from '../../chats/bots.ts';
import { checkMayWrite } from '../../chats/chat-rights.ts';
import { checkSlowMode } from '../../chats/slow-mode.ts';
import { rpcError } from '../../errors.ts';
import { flagField, longField, objectField, objectList, optionalObject, textField } from '../../fields.ts';
import { entityObject } from '../../messages/message-objects.ts';
import { acceptText } from '../../messages/message-text.ts';
import { messageByRandomId } from '../../messages/random-ids.ts';
import { replyOf } from '../../messages/reply.ts';
import { boxOf, peerOfInput } from '../../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../../telegram.ts';
import { newMessageEntry, updatesObject } from '../../updates/box-updates.ts';
import { postMessage } from '../../updates/post-message.ts';

export function sendMessage({ call, query, account, telegram }: UserRequest): TlObject {
  const { store, settings } = telegram;
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  const randomId = longField(query, 'random_id');
  if (randomId === 0n) throw rpcError('RANDOM_ID_EMPTY');
  const earlier = messageByRandomId(store, account.id, randomId);
  if (earlier !== undefined) {
    if (settings.repeated_random_id === 'error') throw rpcError('RANDOM_ID_DUPLICATE');
    return sentMessage(telegram, account, earlier);
  }
  checkMayWrite(store, account, to);
  checkSlowMode(telegram, account, to);
  // The sandbox does not implement scheduled messages.
  if (query['schedule_date'] !== undefined) throw rpcError('SCHEDULE_DATE_INVALID');
  const { text, entities } = acceptText(
    store,
    account,
    textField(query, 'message'),
    objectList(query, 'entities'),
  );
  const reply = replyOf(store, account, to, optionalObject(query, 'reply_to'));
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
      ...reply,
      ...buttonsOf(account, optionalObject(query, 'reply_markup')),
    },
    call,
  );
  letBotReply(telegram, message);
  return sentMessage(telegram, account, message);
}

/** As at Telegram, the answer is short for a private chat with another user, and a full `updates` object otherwise. */
function sentMessage(telegram: Telegram, account: Account, message: Message): TlObject {
  const box = boxOf(message.to, account.id);
  const id = idIn(message, box) ?? 0;
  const entry = newMessageEntry(telegram.store, box, message);
  if (message.to >= 0 && message.to !== account.id) {
    return {
      _: 'updateShortSentMessage',
      out: true,
      id,
      pts: entry.pts,
      pts_count: entry.ptsCount,
      date: message.date,
      entities: message.entities?.map(entityObject),
    };
  }
  const sent = { _: 'updateMessageID', id, random_id: BigInt(message.randomId) };
  return updatesObject(telegram, account, box, [entry], [sent]);
}

import type { Account, Message } from '../../../state/model.ts';
import { idIn } from '../../../state/state.ts';
import type { TlObject } from '../../../types.ts';
import { letBotReply } from '../../chats/bots.ts';
import { flagField, longField, objectField, objectList, textField } from '../../fields.ts';
import { entityObject } from '../../messages/message-objects.ts';
import { acceptText } from '../../messages/message-text.ts';
import { checkMaySend, sendOptions, sentEarlier } from '../../messages/sending.ts';
import { peerOfInput } from '../../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../../telegram.ts';
import { newMessageEntry } from '../../updates/box-updates.ts';
import { postMessage } from '../../updates/post-message.ts';
import { sentMessages } from '../../updates/sent-messages.ts';

export function sendMessage({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  const randomId = longField(query, 'random_id');
  const [earlier] = sentEarlier(telegram, account, [randomId]);
  if (earlier !== undefined) return sentMessage(telegram, account, earlier);
  checkMaySend(telegram, account, to, query);
  const { text, entities } = acceptText(
    store,
    account,
    textField(query, 'message'),
    objectList(query, 'entities'),
  );
  const message = postMessage(
    telegram,
    {
      from: account.id,
      to,
      text,
      date: unixSeconds(telegram),
      randomId: String(randomId),
      ...(entities.length > 0 && { entities }),
      ...(flagField(query, 'no_webpage') && { noWebpage: true }),
      ...sendOptions(store, account, to, query),
    },
    call,
  );
  letBotReply(telegram, message);
  return sentMessage(telegram, account, message);
}

/** As at Telegram, the answer is short for a private chat with another user, and a full `updates` object otherwise. */
function sentMessage(telegram: Telegram, account: Account, message: Message): TlObject {
  if (message.to < 0 || message.to === account.id || message.media !== undefined)
    return sentMessages(telegram, account, message.to, [message]);
  const entry = newMessageEntry(telegram.store, account.id, message);
  return {
    _: 'updateShortSentMessage',
    out: true,
    id: idIn(message, account.id) ?? 0,
    pts: entry.pts,
    pts_count: entry.ptsCount,
    date: message.date,
    entities: message.entities?.map(entityObject),
  };
}

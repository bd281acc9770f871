import type { Account, Message } from '../../../state/model.ts';
import { idIn } from '../../../state/state.ts';
import type { TlObject } from '../../../types.ts';
import { flagField, longField, objectField, objectList, textField } from '../../fields.ts';
import { entityObject } from '../../messages/message-objects.ts';
import { acceptText } from '../../messages/message-text.ts';
import { sendOne } from '../../messages/send-one.ts';
import { checkMaySend, sentEarlier } from '../../messages/sending.ts';
import { peerOfInput } from '../../peers.ts';
import type { Telegram, UserRequest } from '../../telegram.ts';
import { newMessageEntry } from '../../updates/box-updates.ts';
import { sentMessages } from '../../updates/sent-messages.ts';

export function sendMessage(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { store } = telegram;
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  const [earlier] = sentEarlier(telegram, account, [longField(query, 'random_id')]);
  if (earlier !== undefined) return sentMessage(telegram, account, earlier);
  checkMaySend(telegram, account, to, query);
  const [raw, sentEntities] = [textField(query, 'message'), objectList(query, 'entities')];
  const text = acceptText(store, account, raw, sentEntities);
  const noWebpage = flagField(query, 'no_webpage');
  const message = sendOne(request, to, { ...text, ...(noWebpage && { noWebpage }) });
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

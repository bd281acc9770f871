import type { TlObject } from '../../../types.ts';
import { longField, objectField, objectList, textField } from '../../fields.ts';
import { acceptMedia } from '../../media/accept-media.ts';
import { acceptCaption } from '../../messages/message-text.ts';
import { sendOne } from '../../messages/send-one.ts';
import { checkMaySend, sentEarlier } from '../../messages/sending.ts';
import { peerOfInput } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';
import { sentMessages } from '../../updates/sent-messages.ts';

export function sendMedia(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { store } = telegram;
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  const earlier = sentEarlier(telegram, account, [longField(query, 'random_id')]);
  if (earlier.length > 0) return sentMessages(telegram, account, to, earlier);
  checkMaySend(telegram, account, to, query);
  const [raw, sentEntities] = [textField(query, 'message'), objectList(query, 'entities')];
  const caption = acceptCaption(store, account, raw, sentEntities);
  const media = acceptMedia(request, to, objectField(query, 'media'));
  const message = sendOne(request, to, { ...caption, media });
  return sentMessages(telegram, account, to, [message]);
}

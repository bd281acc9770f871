import type { TlObject } from '../../../types.ts';
import { letBotReply } from '../../chats/bots.ts';
import { longField, objectField, objectList, textField } from '../../fields.ts';
import { acceptMedia } from '../../media/accept-media.ts';
import { acceptCaption } from '../../messages/message-text.ts';
import { checkMaySend, sendOptions, sentEarlier } from '../../messages/sending.ts';
import { peerOfInput } from '../../peers.ts';
import { unixSeconds, type UserRequest } from '../../telegram.ts';
import { postMessage } from '../../updates/post-message.ts';
import { sentMessages } from '../../updates/sent-messages.ts';

export function sendMedia(request: UserRequest): TlObject {
  const { call, query, account, telegram } = request;
  const { store } = telegram;
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  const randomId = longField(query, 'random_id');
  const earlier = sentEarlier(telegram, account, [randomId]);
  if (earlier.length > 0) return sentMessages(telegram, account, to, earlier);
  checkMaySend(telegram, account, to, query);
  const [raw, sentEntities] = [textField(query, 'message'), objectList(query, 'entities')];
  const { text, entities } = acceptCaption(store, account, raw, sentEntities);
  const options = sendOptions(store, account, to, query);
  const message = postMessage(
    telegram,
    {
      from: account.id,
      to,
      text,
      date: unixSeconds(telegram),
      randomId: String(randomId),
      media: acceptMedia(request, to, objectField(query, 'media')),
      ...(entities.length > 0 && { entities }),
      ...options,
    },
    call,
  );
  letBotReply(telegram, message);
  return sentMessages(telegram, account, to, [message]);
}

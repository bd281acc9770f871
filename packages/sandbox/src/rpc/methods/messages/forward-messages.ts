import type { ForwardOrigin, Message } from '../../../state/model.ts';
import { chatOf, messageIn } from '../../../state/state.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { letBotReply } from '../../chats/bots.ts';
import { rpcError } from '../../errors.ts';
import { flagField, intList, longList, objectField } from '../../fields.ts';
import { topicOf } from '../../messages/reply.ts';
import { checkMaySend, sentEarlier } from '../../messages/sending.ts';
import { boxOf, isChannel, peerOfInput } from '../../peers.ts';
import { unixSeconds, type UserRequest } from '../../telegram.ts';
import { postMessage } from '../../updates/post-message.ts';
import { sentMessages } from '../../updates/sent-messages.ts';

/** Forwards messages. As at Telegram, ids of messages that are gone are left out. */
export function forwardMessages({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const from = peerOfInput(store, account, objectField(query, 'from_peer'));
  const to = peerOfInput(store, account, objectField(query, 'to_peer'));
  const [ids, randomIds] = [intList(query, 'id'), longList(query, 'random_id')];
  if (ids.length === 0) throw rpcError('MESSAGE_IDS_EMPTY');
  if (ids.length !== randomIds.length || randomIds.includes(0n)) throw rpcError('RANDOM_ID_INVALID');
  const earlier = sentEarlier(telegram, account, randomIds);
  if (earlier.length > 0) return sentMessages(telegram, account, to, earlier);
  checkMaySend(telegram, account, to, query);
  const topicId = topicOf(store, to, query['top_msg_id']);
  const pairs = ids.flatMap((id, index) => {
    const box = boxOf(from, account.id);
    const original = messageIn(store.state, box, id);
    return original === undefined || chatOf(original, box) !== from || original.action !== undefined
      ? []
      : [{ original, randomId: randomIds[index] ?? 0n }];
  });
  if (pairs.length === 0) throw rpcError('MESSAGE_ID_INVALID');
  const messages = pairs.map(({ original, randomId }) =>
    postMessage(
      telegram,
      {
        from: account.id,
        to,
        text: original.text,
        date: unixSeconds(telegram),
        randomId: String(randomId),
        ...(original.entities !== undefined && { entities: original.entities }),
        ...(original.media !== undefined && { media: original.media }),
        ...(original.noWebpage === true && { noWebpage: true }),
        ...(flagField(query, 'silent') && { silent: true }),
        ...(topicId !== undefined && { topicId }),
        ...(!flagField(query, 'drop_author') && { forwardedFrom: originOf(store, original) }),
      },
      call,
    ),
  );
  for (const message of messages) letBotReply(telegram, message);
  return sentMessages(telegram, account, to, messages);
}

/** A forwarded message keeps its first author. */
function originOf(store: Store, { from, to, date, copies, forwardedFrom }: Message): ForwardOrigin {
  if (forwardedFrom !== undefined) return forwardedFrom;
  if (!isChannel(to) || store.state.chats.get(to)?.kind !== 'channel') return { from, date };
  const postId = copies[0]?.id;
  return { from: to, date, ...(postId !== undefined && { postId }) };
}

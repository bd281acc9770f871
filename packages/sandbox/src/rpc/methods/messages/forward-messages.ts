import type { Account, ForwardOrigin, Message, PeerId } from '../../../state/model.ts';
import { chatOf, idIn, messageIn } from '../../../state/state.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { letBotReply } from '../../chats/bots.ts';
import { checkMayWrite } from '../../chats/chat-rights.ts';
import { checkSlowMode } from '../../chats/slow-mode.ts';
import { rpcError } from '../../errors.ts';
import { flagField, intList, longList, objectField } from '../../fields.ts';
import { messageByRandomId } from '../../messages/random-ids.ts';
import { topicOf } from '../../messages/reply.ts';
import { boxOf, isChannel, peerOfInput } from '../../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../../telegram.ts';
import { newMessageEntry, updatesObject } from '../../updates/box-updates.ts';
import { postMessage } from '../../updates/post-message.ts';

/** Forwards messages. As at Telegram, ids of messages that are gone are left out. */
export function forwardMessages({ call, query, account, telegram }: UserRequest): TlObject {
  const { store, settings } = telegram;
  const from = peerOfInput(store, account, objectField(query, 'from_peer'));
  const to = peerOfInput(store, account, objectField(query, 'to_peer'));
  const [ids, randomIds] = [intList(query, 'id'), longList(query, 'random_id')];
  if (ids.length === 0) throw rpcError('MESSAGE_IDS_EMPTY');
  if (ids.length !== randomIds.length || randomIds.includes(0n)) throw rpcError('RANDOM_ID_INVALID');
  const earlier = randomIds.flatMap((randomId) => messageByRandomId(store, account.id, randomId) ?? []);
  if (earlier.length > 0) {
    if (settings.repeated_random_id === 'error') throw rpcError('RANDOM_ID_DUPLICATE');
    return forwardedMessages(telegram, account, to, earlier);
  }
  checkMayWrite(store, account, to);
  checkSlowMode(telegram, account, to);
  if (query['schedule_date'] !== undefined) throw rpcError('SCHEDULE_DATE_INVALID');
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
        ...(original.noWebpage === true && { noWebpage: true }),
        ...(flagField(query, 'silent') && { silent: true }),
        ...(topicId !== undefined && { topicId }),
        ...(!flagField(query, 'drop_author') && { forwardedFrom: originOf(store, original) }),
      },
      call,
    ),
  );
  for (const message of messages) letBotReply(telegram, message);
  return forwardedMessages(telegram, account, to, messages);
}

/** A forwarded message keeps its first author. */
function originOf(store: Store, { from, to, date, copies, forwardedFrom }: Message): ForwardOrigin {
  if (forwardedFrom !== undefined) return forwardedFrom;
  if (!isChannel(to) || store.state.chats.get(to)?.kind !== 'channel') return { from, date };
  const postId = copies[0]?.id;
  return { from: to, date, ...(postId !== undefined && { postId }) };
}

function forwardedMessages(
  telegram: Telegram,
  account: Account,
  to: PeerId,
  messages: readonly Message[],
): TlObject {
  const box = boxOf(to, account.id);
  const sent = messages.map((message) => ({
    _: 'updateMessageID',
    id: idIn(message, box) ?? 0,
    random_id: BigInt(message.randomId),
  }));
  const entries = messages.map((message) => newMessageEntry(telegram.store, box, message));
  return updatesObject(telegram, account, box, entries, sent);
}

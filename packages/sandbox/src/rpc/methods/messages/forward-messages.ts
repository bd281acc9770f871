import type { ForwardOrigin, Message } from '../../../state/model.ts';
import { chatOf, messageIn } from '../../../state/state.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { letBotReply } from '../../chats/bots.ts';
import { rpcError } from '../../errors.ts';
import { flagField, intList, longList, objectField } from '../../fields.ts';
import { newGroupedId } from '../../media/albums.ts';
import { topicOf } from '../../messages/reply.ts';
import { checkMaySend, sentEarlier } from '../../messages/sending.ts';
import { boxOf, isChannel, peerOfInput } from '../../peers.ts';
import { unixSeconds, type UserRequest } from '../../telegram.ts';
import { postMessages } from '../../updates/post-message.ts';
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
  const albums = new Map<string, string>();
  const messages = postMessages(
    telegram,
    pairs.map(({ original, randomId }) => ({
      from: account.id,
      to,
      date: unixSeconds(telegram),
      randomId: String(randomId),
      ...contentOf(original, flagField(query, 'drop_media_captions')),
      ...(original.groupedId !== undefined && { groupedId: newAlbum(albums, original.groupedId) }),
      ...(flagField(query, 'silent') && { silent: true }),
      ...(topicId !== undefined && { topicId }),
      ...(!flagField(query, 'drop_author') && { forwardedFrom: originOf(store, original) }),
    })),
    call,
  );
  for (const message of messages) letBotReply(telegram, message);
  return sentMessages(telegram, account, to, messages);
}

function contentOf(
  { text, entities, media, noWebpage }: Message,
  dropsCaptions: boolean,
): Pick<Message, 'text' | 'entities' | 'media' | 'noWebpage'> {
  if (media !== undefined && dropsCaptions) return { text: '', media };
  return {
    text,
    ...(entities !== undefined && { entities }),
    ...(media !== undefined && { media }),
    ...(noWebpage === true && { noWebpage }),
  };
}

/** The id of the album's copy. @param albums the copies so far, by the original's id. */
function newAlbum(albums: Map<string, string>, original: string): string {
  const copy = albums.get(original) ?? newGroupedId();
  albums.set(original, copy);
  return copy;
}

/** A forwarded message keeps its first author. */
function originOf(store: Store, { from, to, date, copies, forwardedFrom }: Message): ForwardOrigin {
  if (forwardedFrom !== undefined) return forwardedFrom;
  if (!isChannel(to) || store.state.chats.get(to)?.kind !== 'channel') return { from, date };
  const postId = copies[0]?.id;
  return { from: to, date, ...(postId !== undefined && { postId }) };
}

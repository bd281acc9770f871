import type { Account, Message, PeerId } from '../../../state/model.ts';
import { idIn, messageIn, ptsOf } from '../../../state/state.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { intField, objectField, objectList } from '../../fields.ts';
import { historyAnswer } from '../../messages/history-page.ts';
import { messagesWithPeers, type PeeredMessages } from '../../messages/message-objects.ts';
import { messageRepliedTo } from '../../messages/message-parts.ts';
import { pinnedIds } from '../../messages/pinned.ts';
import { channelOfInput, peerOfInput } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

export function getHistory(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  return historyAnswer(request, peerOfInput(telegram.store, account, objectField(query, 'peer')));
}

/** Messages of private chats and basic groups by their ids. */
export function getMessages({ query, account, telegram: { store } }: UserRequest): TlObject {
  const wanted = objectList(query, 'id').map((input) => messageOfInput(store, account.id, input));
  return { _: 'messages.messages', ...messagesOrEmpty(store, account, wanted) };
}

export function getChannelMessages({ query, account, telegram: { store } }: UserRequest): TlObject {
  const { peer } = channelOfInput(store, account, objectField(query, 'channel'));
  const wanted = objectList(query, 'id').map((input) => messageOfInput(store, peer, input));
  const answer = messagesOrEmpty(store, account, wanted);
  const { length: count } = answer.messages;
  return { _: 'messages.channelMessages', pts: ptsOf(store.state, peer), count, ...answer };
}

interface Wanted {
  id: number;
  message: Message | undefined;
}

/** The message that an `InputMessage` names. Only a channel's box has one chat, and so a pinned message. */
function messageOfInput(store: Store, box: PeerId, input: TlObject): Wanted {
  const id = input._ === 'inputMessagePinned' ? (pinnedIds(store, box, box)[0] ?? 0) : intField(input, 'id');
  const message = messageIn(store.state, box, id);
  if (input._ !== 'inputMessageReplyTo') return { id, message };
  const original = message && messageRepliedTo(store, message);
  return { id: (original && idIn(original, box)) ?? 0, message: original };
}

/** Messages in the order requested; `messageEmpty` for an unknown one. */
function messagesOrEmpty(store: Store, account: Account, wanted: readonly Wanted[]): PeeredMessages {
  const found = wanted.flatMap(({ message }) => message ?? []);
  const answer = messagesWithPeers(store, account, found);
  const objects = new Map(answer.messages.map((object) => [object['id'], object]));
  return {
    ...answer,
    messages: wanted.map(({ id }) => objects.get(id) ?? { _: 'messageEmpty', id }),
  };
}

import { changesSince } from '../../state/mailbox.ts';
import type { Account, Chat, Message, PeerId } from '../../state/model.ts';
import { ptsOf } from '../../state/state.ts';
import type { TlObject } from '../../types.ts';
import { companions } from '../objects.ts';
import { bareId, boxOf, isChannel } from '../peers.ts';
import { unixSeconds, type Telegram } from '../telegram.ts';
import { companionsOf, updatesOf } from '../updates/box-updates.ts';
import { postMessage } from '../updates/post-message.ts';
import { pushToAccount, type Origin } from '../updates/publish.ts';
import { creatorOf } from './creator.ts';

/** Posts a service message about members. Telegram posts none in channels. */
export function postAction(
  telegram: Telegram,
  { id }: Account,
  { peer, kind }: Chat,
  action: Pick<Message, 'action' | 'actionUser' | 'actionUsers'>,
  origin: Origin,
): void {
  if (kind === 'channel') return;
  const message = { from: id, to: peer, text: '', date: unixSeconds(telegram), randomId: '0' };
  postMessage(telegram, { ...message, ...action }, origin);
}

/**
 * Answers a change of members with its updates. Of a channel, the clients of `affected` accounts get an update; of a
 * basic group, those of all members get the list of members.
 */
export function answering(
  telegram: Telegram,
  account: Account,
  { peer }: Chat,
  { origin, affected = [account.id] }: { origin: Origin; affected?: readonly number[] },
  change: () => void,
): TlObject {
  const { store } = telegram;
  const box = boxOf(peer, account.id);
  const before = ptsOf(store.state, box);
  change();
  const chat = store.state.chats.get(peer);
  if (chat === undefined) throw new Error(`there is no chat ${peer}`);
  const first = membershipUpdates(chat);
  for (const id of isChannel(peer) ? affected : chat.members)
    pushToAccount(telegram, id, (viewer) => withCompanions(telegram, viewer, chat, first), origin);
  const isMember = chat.members.includes(account.id);
  const told = isMember || !isChannel(peer) ? changesSince(store.state.boxes.get(box), before) : [];
  const updates = told.flatMap((entry) => updatesOf(store, account, box, entry));
  const mine = isMember || isChannel(peer) ? first : [];
  const named = companionsOf(store, account, box, told).users;
  const answer = withCompanions(telegram, account, chat, [...mine, ...updates]);
  const users = new Map([...named, ...(answer['users'] as TlObject[])].map((user) => [user['id'], user]));
  return { ...answer, users: [...users.values()] };
}

/** What changed, without the service message. */
function membershipUpdates(chat: Chat): TlObject[] {
  const { peer } = chat;
  if (isChannel(peer)) return [{ _: 'updateChannel', channel_id: bareId(peer) }];
  const participants = chat.members.map((id) => participantObject(chat, id));
  const { version = 1 } = chat;
  const list = { _: 'chatParticipants', chat_id: bareId(peer), participants, version };
  return [{ _: 'updateChatParticipants', participants: list }];
}

function participantObject(chat: Chat, id: number): TlObject {
  const user_id = BigInt(id);
  const creator = creatorOf(chat);
  if (id === creator) return { _: 'chatParticipantCreator', user_id };
  const _ = chat.admins?.includes(id) === true ? 'chatParticipantAdmin' : 'chatParticipant';
  return { _, user_id, inviter_id: BigInt(creator), date: chat.joinedAt?.[id] ?? chat.date };
}

/** The updates with the chat, and with the members of a basic group. */
export function withCompanions(
  telegram: Telegram,
  viewer: Account,
  { peer, members }: Chat,
  updates: TlObject[],
): TlObject {
  const peers: PeerId[] = isChannel(peer) ? [peer] : [peer, ...members];
  const date = unixSeconds(telegram);
  return { _: 'updates', updates, ...companions(telegram.store, viewer, peers), date, seq: 0 };
}

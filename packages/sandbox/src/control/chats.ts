import { creatorOf } from '../rpc/chats/creator.ts';
import { inviteLink } from '../rpc/chats/invites.ts';
import { pinnedIds } from '../rpc/messages/pinned.ts';
import { unreadCount } from '../rpc/messages/unread.ts';
import { peerByUsername } from '../rpc/methods/contacts.ts';
import { boxOf, channelPeer, inputPeerOf } from '../rpc/peers.ts';
import { unixSeconds, type Telegram } from '../rpc/telegram.ts';
import { postMessage } from '../rpc/updates/post-message.ts';
import type { Chat } from '../state/model.ts';
import { knownAccount } from './accounts.ts';
import { actAs } from './act-as.ts';
import { ControlError } from './control-error.ts';
import type { JoinAnswerRequest, NewChatRequest, TopicRequest } from './http/chat-requests.ts';
import { accountBy, knownPeer } from './peers.ts';
import { chatView, type ChatView, type NewChatView } from './views.ts';

const FIRST_GROUP = 4_000_000_001;
const FIRST_CHANNEL = 1_500_000_001;

/** Creates a group or channel and its first message, the service message about the creation, as at Telegram. */
export function createChat(telegram: Telegram, request: NewChatRequest): Chat {
  const { store } = telegram;
  const { type: kind, title, username, forum, slow_mode: slowMode, join_requests } = request;
  const members = request.members.map((member) => accountBy(telegram, member, 'members').id);
  const [creator] = members;
  if (creator === undefined) throw new ControlError(400, 'members: at least one is needed');
  if (username !== undefined && kind === 'group')
    throw new ControlError(400, 'username: a basic group has none');
  if ((forum === true || slowMode !== undefined) && kind !== 'supergroup')
    throw new ControlError(400, 'forum and slow_mode: only a supergroup has them');
  if (username !== undefined && peerByUsername(telegram, username.toLowerCase()) !== undefined) {
    throw new ControlError(409, `username: ${username} is taken`);
  }
  const number = store.state.chats.size;
  const date = unixSeconds(telegram);
  const chat: Chat = {
    peer: kind === 'group' ? -(FIRST_GROUP + number) : channelPeer(FIRST_CHANNEL + number),
    kind,
    title,
    members: [...new Set(members)],
    date,
    ...(username !== undefined && { username }),
    ...(forum === true && { forum }),
    ...(slowMode !== undefined && { slowMode }),
    ...(join_requests === true && { joinRequests: true }),
  };
  store.commit({ type: 'chat_created', chat });
  const message = { from: creator, to: chat.peer, text: title, date, randomId: '0' };
  postMessage(telegram, { ...message, action: 'created' });
  return chat;
}

export function newChatView({ store }: Telegram, chat: Chat): NewChatView {
  return { id: String(chat.peer), invite_link: inviteLink(store, chat) };
}

/** Creates a forum topic, by the chat's creator. @returns the topic's id. */
export function createTopic(telegram: Telegram, { chat: ref, title }: TopicRequest): number {
  const chat = knownChat(telegram, ref);
  if (chat.forum !== true) throw new ControlError(400, 'chat: it is no forum');
  const message = { from: creatorOf(chat), to: chat.peer, text: title, date: unixSeconds(telegram) };
  const { copies } = postMessage(telegram, { ...message, randomId: '0', action: 'topic_created' });
  return copies[0]?.id ?? 0;
}

/** The chat's creator approves or refuses an account's request to join. */
export function answerJoinRequest(
  telegram: Telegram,
  { chat: ref, account, approved }: JoinAnswerRequest,
): void {
  const chat = knownChat(telegram, ref);
  const creator = knownAccount(telegram, creatorOf(chat));
  const requester = accountBy(telegram, account, 'account');
  actAs(telegram, creator, 'messages.hideChatJoinRequest', {
    peer: inputPeerOf(telegram.store, creator, chat.peer),
    user_id: inputPeerOf(telegram.store, creator, requester.id),
    approved,
  });
}

export interface ChatDetails extends ChatView {
  invite_link: string;
  /** Accounts that have asked to join. */
  requested: number[];
  /** Message ids, newest first; in a basic group in the numbering of its first member. */
  pinned: number[];
  /** Unread messages by account id. */
  unread: Record<string, number>;
  topics: { id: number; title: string }[];
}

/** @throws {ControlError} 404 if the chat does not exist. */
export function chatDetails(telegram: Telegram, ref: number | string): ChatDetails {
  const { store } = telegram;
  const chat = knownChat(telegram, ref);
  const { peer, members, requested = [] } = chat;
  const unread = members.flatMap((id) => {
    const account = store.state.accounts.get(id);
    return account === undefined ? [] : [[String(id), unreadCount(store, account, peer)] as const];
  });
  const topics = (store.state.boxes.get(peer)?.messages ?? []).flatMap((message, index) =>
    message?.action === 'topic_created' ? [{ id: index + 1, title: message.text }] : [],
  );
  return {
    ...chatView(chat),
    invite_link: inviteLink(store, chat),
    requested,
    pinned: pinnedIds(store, boxOf(peer, members[0] ?? 0), peer),
    unread: Object.fromEntries(unread),
    topics,
  };
}

function knownChat(telegram: Telegram, ref: number | string): Chat {
  const chat = telegram.store.state.chats.get(knownPeer(telegram, ref, 'chat'));
  if (chat === undefined) throw new ControlError(404, `chat: ${ref} is no group or channel`);
  return chat;
}

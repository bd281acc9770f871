import { resultTypeOf } from '../../../tl/index.ts';
import type { TlObject } from '../../../types.ts';
import { chatByInvite } from '../../chats/invites.ts';
import { joinChat } from '../../chats/membership.ts';
import { objectField, textField } from '../../fields.ts';
import { chatObject, companions } from '../../objects.ts';
import { channelOfInput, isChannel } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

export function joinChannel(request: UserRequest): TlObject {
  const { call, query, account, telegram } = request;
  const chat = channelOfInput(telegram.store, account, objectField(query, 'channel'));
  return inCallersLayer(request, joinChat(telegram, account, chat, 'joined', call));
}

export function importChatInvite(request: UserRequest): TlObject {
  const { call, query, account, telegram } = request;
  const chat = chatByInvite(telegram.store, textField(query, 'hash'));
  return inCallersLayer(request, joinChat(telegram, account, chat, 'joined_by_link', call));
}

/** What an account may know of a chat before it joins. */
export function checkChatInvite({ query, account, telegram: { store } }: UserRequest): TlObject {
  const chat = chatByInvite(store, textField(query, 'hash'));
  const { peer, kind, title, username, members, joinRequests } = chat;
  if (members.includes(account.id))
    return { _: 'chatInviteAlready', chat: chatObject(store, account.id, chat) };
  return {
    _: 'chatInvite',
    channel: isChannel(peer),
    broadcast: kind === 'channel',
    megagroup: kind === 'supergroup',
    public: username !== undefined,
    request_needed: joinRequests === true,
    title,
    photo: { _: 'photoEmpty', id: 0n },
    participants_count: members.length,
    participants: companions(store, account, members).users.filter((user) => user['contact'] === true),
    color: 0,
  };
}

/** Newer layers wrap the `Updates` of a join. */
function inCallersLayer({ call }: UserRequest, updates: TlObject): TlObject {
  return resultTypeOf(call.query._, call.layer) === 'Updates'
    ? updates
    : { _: 'messages.chatInviteJoinResultOk', updates };
}

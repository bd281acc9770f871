import type { TlObject } from '../../../types.ts';
import { isAdmin } from '../../chats/chat-rights.ts';
import { leaveChat } from '../../chats/membership.ts';
import { rpcError } from '../../errors.ts';
import { objectField } from '../../fields.ts';
import { channelOfInput, groupOfId, knownUser } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

export function leaveChannel({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const chat = channelOfInput(store, account, objectField(query, 'channel'));
  if (isAdmin(store, account, chat.peer) && chat.members.includes(account.id)) throw rpcError('USER_CREATOR');
  return leaveChat(telegram, account, chat, account.id, call);
}

/** Removes an account from a basic group: the caller, or another by an administrator. */
export function deleteChatUser({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const chat = groupOfId(store, account, query);
  const user = knownUser(store, account, objectField(query, 'user_id'));
  if (user !== account.id && !isAdmin(store, account, chat.peer)) throw rpcError('CHAT_ADMIN_REQUIRED');
  return leaveChat(telegram, account, chat, user, call);
}

import type { TlObject } from '../../../types.ts';
import { isAdmin } from '../../chats/chat-rights.ts';
import { creatorOf } from '../../chats/creator.ts';
import { answering } from '../../chats/membership-updates.ts';
import { leaveChat } from '../../chats/membership.ts';
import { rpcError } from '../../errors.ts';
import { flagField, objectField } from '../../fields.ts';
import { channelOfInput, knownUser } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

/**
 * Removes an account from a supergroup or channel for good, or lets it in again. The sandbox knows no other
 * restrictions.
 */
export function editBanned({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const chat = channelOfInput(store, account, objectField(query, 'channel'));
  if (!isAdmin(store, account, chat.peer)) throw rpcError('CHAT_ADMIN_REQUIRED');
  const id = knownUser(store, account, objectField(query, 'participant'));
  if (id === account.id || id === creatorOf(chat)) throw rpcError('USER_ADMIN_INVALID');
  const isBanned = flagField(objectField(query, 'banned_rights'), 'view_messages');
  if (isBanned && chat.members.includes(id)) return leaveChat(telegram, account, chat, id, call);
  const others = (chat.removed ?? []).filter((other) => other !== id);
  const removed = isBanned ? [...others, id] : others;
  return answering(telegram, account, chat, { origin: call, affected: [id] }, () =>
    store.commit({ type: 'chat_changed', chat: { ...chat, removed } }),
  );
}

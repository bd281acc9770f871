import type { TlObject } from '../../../types.ts';
import { isAdmin } from '../../chats/chat-rights.ts';
import { answerJoinRequest } from '../../chats/membership.ts';
import { rpcError } from '../../errors.ts';
import { flagField, objectField } from '../../fields.ts';
import { peerOfInput, userOfInput } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

/** An administrator approves or refuses a request to join. */
export function hideChatJoinRequest({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const chat = store.state.chats.get(peerOfInput(store, account, objectField(query, 'peer')));
  if (chat === undefined) throw rpcError('PEER_ID_INVALID');
  if (!isAdmin(store, account, chat.peer)) throw rpcError('CHAT_ADMIN_REQUIRED');
  const requester = store.state.accounts.get(userOfInput(store, account, objectField(query, 'user_id')) ?? 0);
  if (requester === undefined) throw rpcError('USER_ID_INVALID');
  const approved = flagField(query, 'approved');
  return answerJoinRequest(telegram, account, chat, { requester, approved }, call);
}

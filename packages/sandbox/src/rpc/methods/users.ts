import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { objectField, objectList } from '../fields.ts';
import { userObject } from '../objects.ts';
import { chatObject } from '../objects.ts';
import { channelOfInput, userOfInput } from '../peers.ts';
import type { UserRequest } from '../telegram.ts';

/** A user that does not exist, or whose access hash belongs to another viewer, is returned as `userEmpty`. */
export function getUsers({ query, account, telegram: { store } }: UserRequest): TlObject[] {
  return objectList(query, 'id').map((input) => {
    const id = userOfInput(store, account, input);
    if (id !== undefined) return userObject(store, account.id, id);
    const asked = input['user_id'];
    return { _: 'userEmpty', id: typeof asked === 'bigint' ? asked : 0n };
  });
}

export function getFullUser({ query, account, telegram: { store } }: UserRequest): TlObject {
  const id = userOfInput(store, account, objectField(query, 'id'));
  if (id === undefined) throw rpcError('USER_ID_INVALID');
  const full = {
    _: 'userFull',
    id: BigInt(id),
    settings: { _: 'peerSettings' },
    notify_settings: { _: 'peerNotifySettings' },
    common_chats_count: 0,
  };
  return { _: 'users.userFull', full_user: full, chats: [], users: [userObject(store, account.id, id)] };
}

export function getChannels({ query, account, telegram: { store } }: UserRequest): TlObject {
  const chats = objectList(query, 'id').map((input) =>
    chatObject(store, account.id, channelOfInput(store, account, input)),
  );
  return { _: 'messages.chats', chats };
}

export function getChats({ query, account, telegram: { store } }: UserRequest): TlObject {
  const ids = Array.isArray(query['id']) ? query['id'] : [];
  const chats = ids.map((id) => {
    const chat = store.state.chats.get(-Number(id));
    if (chat === undefined || !chat.members.includes(account.id)) throw rpcError('CHAT_ID_INVALID');
    return chatObject(store, account.id, chat);
  });
  return { _: 'messages.chats', chats };
}

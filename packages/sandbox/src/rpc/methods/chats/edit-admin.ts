import type { TlObject } from '../../../types.ts';
import { setChannelAdmin, setGroupAdmin } from '../../chats/administrators.ts';
import { flagField, objectField } from '../../fields.ts';
import { channelOfInput, groupOfId, knownUser } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

export function editChatAdmin({ query, account, telegram }: UserRequest): boolean {
  const chat = groupOfId(telegram.store, account, query);
  const id = knownUser(telegram.store, account, objectField(query, 'user_id'));
  setGroupAdmin(telegram, account, chat, { id, isNamed: flagField(query, 'is_admin') });
  return true;
}

/** Who has a right is an administrator. The sandbox does not tell rights apart. */
export function editChannelAdmin({ call, query, account, telegram }: UserRequest): TlObject {
  const chat = channelOfInput(telegram.store, account, objectField(query, 'channel'));
  const id = knownUser(telegram.store, account, objectField(query, 'user_id'));
  const isNamed = Object.values(objectField(query, 'admin_rights')).includes(true);
  return setChannelAdmin(telegram, account, chat, { id, isNamed }, call);
}

import { resultTypeOf } from '../../../tl/index.ts';
import type { TlObject } from '../../../types.ts';
import { addMembers } from '../../chats/membership.ts';
import { rpcError } from '../../errors.ts';
import { objectField, objectList } from '../../fields.ts';
import { channelOfInput, groupOfId, knownUser } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

/** Adds one account to a basic group. */
export function addChatUser(request: UserRequest): TlObject {
  const { call, query, account, telegram } = request;
  const chat = groupOfId(telegram.store, account, query);
  const id = knownUser(telegram.store, account, objectField(query, 'user_id'));
  if (chat.members.includes(id)) throw rpcError('USER_ALREADY_PARTICIPANT');
  return inCallersLayer(request, addMembers(telegram, account, chat, [id], call));
}

/** Adds accounts to a supergroup or channel. Members stay. */
export function inviteToChannel(request: UserRequest): TlObject {
  const { call, query, account, telegram } = request;
  const chat = channelOfInput(telegram.store, account, objectField(query, 'channel'));
  const ids = objectList(query, 'users').map((user) => knownUser(telegram.store, account, user));
  const others = ids.filter((id) => !chat.members.includes(id));
  return inCallersLayer(request, addMembers(telegram, account, chat, others, call));
}

/** Newer layers wrap the `Updates`. The sandbox has no accounts whose privacy settings keep others from adding them. */
function inCallersLayer({ call }: UserRequest, updates: TlObject): TlObject {
  return resultTypeOf(call.query._, call.layer) === 'Updates'
    ? updates
    : { _: 'messages.invitedUsers', updates, missing_invitees: [] };
}

import type { Account, Chat } from '../../state/model.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { bareId } from '../peers.ts';
import type { Telegram } from '../telegram.ts';
import { pushToAccount, type Origin } from '../updates/publish.ts';
import { creatorOf } from './creator.ts';
import { answering, withCompanions } from './membership-updates.ts';

/** The chat with another administrator, or without one. @throws {RpcError} if the account may not do that. */
function withAdmin(account: Account, chat: Chat, id: number, isNamed: boolean): Chat {
  if (creatorOf(chat) !== account.id) throw rpcError('CHAT_ADMIN_REQUIRED');
  if (id === account.id) throw rpcError('USER_CREATOR');
  if (!chat.members.includes(id)) throw rpcError('USER_NOT_PARTICIPANT');
  const others = (chat.admins ?? []).filter((other) => other !== id);
  const admins = isNamed ? [...others, id] : others;
  return { ...chat, creator: creatorOf(chat), admins, version: (chat.version ?? 1) + 1 };
}

/** Names an administrator of a basic group, or ends that. All clients of all members get an update. */
export function setGroupAdmin(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  { id, isNamed }: { id: number; isNamed: boolean },
): void {
  const changed = withAdmin(account, chat, id, isNamed);
  telegram.store.commit({ type: 'chat_changed', chat: changed });
  const update: TlObject = {
    _: 'updateChatParticipantAdmin',
    chat_id: bareId(chat.peer),
    user_id: BigInt(id),
    is_admin: isNamed,
    version: changed.version ?? 1,
  };
  for (const member of changed.members)
    pushToAccount(telegram, member, (viewer) => withCompanions(telegram, viewer, changed, [update]));
}

/** The same in a supergroup or channel. As at Telegram, no other member gets an update. */
export function setChannelAdmin(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  { id, isNamed }: { id: number; isNamed: boolean },
  origin: Origin,
): TlObject {
  const changed = withAdmin(account, chat, id, isNamed);
  return answering(telegram, account, chat, { origin, affected: [id] }, () =>
    telegram.store.commit({ type: 'chat_changed', chat: changed }),
  );
}

import type { Account, Chat } from '../../state/model.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { unixSeconds, type Telegram } from '../telegram.ts';
import type { Origin } from '../updates/publish.ts';
import { isAdmin } from './chat-rights.ts';
import { creatorOf } from './creator.ts';
import { answering, postAction } from './membership-updates.ts';

/**
 * Makes the account a member, or asks the administrators if the chat wants that.
 *
 * @throws {RpcError} USER_ALREADY_PARTICIPANT, INVITE_REQUEST_SENT, INVITE_HASH_EXPIRED.
 */
export function joinChat(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  action: 'joined' | 'joined_by_link',
  origin: Origin,
): TlObject {
  if (chat.members.includes(account.id)) throw rpcError('USER_ALREADY_PARTICIPANT');
  if (chat.removed?.includes(account.id) === true) throw rpcError('INVITE_HASH_EXPIRED');
  const others = (chat.requested ?? []).filter((id) => id !== account.id);
  if (chat.joinRequests === true) {
    telegram.store.commit({ type: 'chat_changed', chat: { ...chat, requested: [...others, account.id] } });
    throw rpcError('INVITE_REQUEST_SENT');
  }
  return answering(telegram, account, chat, { origin }, () => {
    const chatWith = withMembers(telegram, { ...chat, requested: others }, [account.id]);
    telegram.store.commit({ type: 'chat_changed', chat: chatWith });
    postAction(telegram, account, chat, { action }, origin);
  });
}

/** Those who were removed before may be members again. */
function withMembers(telegram: Telegram, chat: Chat, ids: readonly number[]): Chat {
  const date = unixSeconds(telegram);
  return {
    ...chat,
    creator: creatorOf(chat),
    members: [...chat.members, ...ids],
    joinedAt: { ...chat.joinedAt, ...Object.fromEntries(ids.map((id) => [id, date])) },
    removed: chat.removed?.filter((id) => !ids.includes(id)) ?? [],
    version: (chat.version ?? 1) + 1,
  };
}

/**
 * An administrator approves or refuses a request to join.
 *
 * @throws {RpcError} HIDE_REQUESTER_MISSING.
 */
export function answerJoinRequest(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  { requester, approved }: { requester: Account; approved: boolean },
  origin: Origin,
): TlObject {
  const { requested = [] } = chat;
  if (!requested.includes(requester.id)) throw rpcError('HIDE_REQUESTER_MISSING');
  const answered = { ...chat, requested: requested.filter((id) => id !== requester.id) };
  const affected = approved ? [account.id, requester.id] : [account.id];
  return answering(telegram, account, chat, { origin, affected }, () => {
    const changed = approved ? withMembers(telegram, answered, [requester.id]) : answered;
    telegram.store.commit({ type: 'chat_changed', chat: changed });
    if (approved) postAction(telegram, requester, chat, { action: 'joined_by_request' }, origin);
  });
}

/** Makes others members. Every member of a group may, and in a channel the administrators. @throws {RpcError} */
export function addMembers(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  ids: readonly number[],
  origin: Origin,
): TlObject {
  const mayAddAll = isAdmin(telegram.store, account, chat.peer);
  if (!chat.members.includes(account.id) || (chat.kind === 'channel' && !mayAddAll))
    throw rpcError('CHAT_ADMIN_REQUIRED');
  const isRemoved = ids.some((id) => chat.removed?.includes(id) === true);
  if (isRemoved && chat.kind !== 'group' && !mayAddAll) throw rpcError('USER_KICKED');
  return answering(telegram, account, chat, { origin, affected: ids }, () => {
    if (ids.length === 0) return;
    telegram.store.commit({ type: 'chat_changed', chat: withMembers(telegram, chat, ids) });
    postAction(telegram, account, chat, { action: 'added', actionUsers: [...ids] }, origin);
  });
}

/**
 * Ends a membership: the account leaves, or removes another account.
 *
 * @throws {RpcError} USER_NOT_PARTICIPANT.
 */
export function leaveChat(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  leaving: number,
  origin: Origin,
): TlObject {
  if (!chat.members.includes(leaving)) throw rpcError('USER_NOT_PARTICIPANT');
  return answering(telegram, account, chat, { origin, affected: [leaving] }, () => {
    const without: Chat = {
      ...chat,
      creator: creatorOf(chat),
      members: chat.members.filter((id) => id !== leaving),
      admins: chat.admins?.filter((id) => id !== leaving) ?? [],
      removed: [...(chat.removed ?? []), ...(leaving === account.id ? [] : [leaving])],
      version: (chat.version ?? 1) + 1,
    };
    const change = (): void => telegram.store.commit({ type: 'chat_changed', chat: without });
    const post = (): void =>
      postAction(telegram, account, chat, { action: 'left', actionUser: leaving }, origin);
    // In a basic group the account that leaves gets the service message as well, in its own box.
    for (const step of chat.kind === 'group' ? [post, change] : [change, post]) step();
  });
}

import { changesSince } from '../../state/mailbox.ts';
import type { Account, Chat, Message } from '../../state/model.ts';
import { ptsOf } from '../../state/state.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { companions } from '../objects.ts';
import { bareId, boxOf, isChannel } from '../peers.ts';
import { unixSeconds, type Telegram } from '../telegram.ts';
import { companionsOf, updatesOf } from '../updates/box-updates.ts';
import { postMessage } from '../updates/post-message.ts';
import { pushToAccount, type Origin } from '../updates/publish.ts';
import { creatorOf } from './creator.ts';

/**
 * Makes the account a member, or asks the administrators if the chat wants that.
 *
 * @throws {RpcError} USER_ALREADY_PARTICIPANT, INVITE_REQUEST_SENT.
 */
export function joinChat(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  action: 'joined' | 'joined_by_link',
  origin: Origin,
): TlObject {
  if (chat.members.includes(account.id)) throw rpcError('USER_ALREADY_PARTICIPANT');
  const others = (chat.requested ?? []).filter((id) => id !== account.id);
  if (chat.joinRequests === true) {
    telegram.store.commit({ type: 'chat_changed', chat: { ...chat, requested: [...others, account.id] } });
    throw rpcError('INVITE_REQUEST_SENT');
  }
  return answering(telegram, account, chat, origin, () => {
    const joined = { ...chat, ...withMember(telegram, chat, account), requested: others };
    telegram.store.commit({ type: 'chat_changed', chat: joined });
    if (chat.kind !== 'channel') postAction(telegram, account, chat, { action }, origin);
  });
}

function withMember(
  telegram: Telegram,
  { members, joinedAt }: Chat,
  { id }: Account,
): Pick<Chat, 'members' | 'joinedAt'> {
  return { members: [...members, id], joinedAt: { ...joinedAt, [id]: unixSeconds(telegram) } };
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
  const others = requested.filter((id) => id !== requester.id);
  const joined = approved ? withMember(telegram, chat, requester) : {};
  return answering(telegram, account, chat, origin, () => {
    telegram.store.commit({ type: 'chat_changed', chat: { ...chat, ...joined, requested: others } });
    if (!approved) return;
    if (chat.kind !== 'channel')
      postAction(telegram, requester, chat, { action: 'joined_by_request' }, origin);
    pushChannel(telegram, requester, chat, origin);
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
  return answering(telegram, account, chat, origin, () => {
    const members = chat.members.filter((id) => id !== leaving);
    // In a basic group the account that leaves gets the service message as well, in its own box.
    const postLast = isChannel(chat.peer);
    const change = (): void =>
      telegram.store.commit({ type: 'chat_changed', chat: { ...chat, creator: creatorOf(chat), members } });
    const post = (): void => {
      if (chat.kind !== 'channel')
        postAction(telegram, account, chat, { action: 'left', actionUser: leaving }, origin);
    };
    for (const step of postLast ? [change, post] : [post, change]) step();
  });
}

function postAction(
  telegram: Telegram,
  account: Account,
  { peer }: Chat,
  action: Pick<Message, 'action' | 'actionUser'>,
  origin: Origin,
): void {
  const message = { from: account.id, to: peer, text: '', date: unixSeconds(telegram), randomId: '0' };
  postMessage(telegram, { ...message, ...action }, origin);
}

/** Answers a change of membership with its updates, and tells the account's other clients of the channel. */
function answering(
  telegram: Telegram,
  account: Account,
  chat: Chat,
  origin: Origin,
  change: () => void,
): TlObject {
  const { peer } = chat;
  const { store } = telegram;
  const box = boxOf(peer, account.id);
  const before = ptsOf(store.state, box);
  change();
  pushChannel(telegram, account, chat, origin);
  const entries = changesSince(store.state.boxes.get(box), before);
  const isMember = store.state.chats.get(peer)?.members.includes(account.id) === true;
  const told = isMember || !isChannel(peer) ? entries : [];
  const { users } = companionsOf(store, account, box, told);
  const { chats } = companions(store, account, [peer]);
  const updates = told.flatMap((entry) => updatesOf(store, account, box, entry));
  return {
    _: 'updates',
    updates: [...channelUpdates(chat), ...updates],
    users,
    chats,
    date: unixSeconds(telegram),
    seq: 0,
  };
}

/** Tells an account's clients that its place in a channel has changed. */
function pushChannel(telegram: Telegram, account: Account, chat: Chat, origin: Origin): void {
  const updates = channelUpdates(chat);
  if (updates.length === 0) return;
  pushToAccount(
    telegram,
    account.id,
    (viewer) => ({
      _: 'updates',
      updates,
      ...companions(telegram.store, viewer, [chat.peer]),
      date: unixSeconds(telegram),
      seq: 0,
    }),
    origin,
  );
}

function channelUpdates({ peer }: Chat): TlObject[] {
  return isChannel(peer) ? [{ _: 'updateChannel', channel_id: bareId(peer) }] : [];
}

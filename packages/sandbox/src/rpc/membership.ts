import { changesSince } from '../state/mailbox.ts';
import type { Account, Chat } from '../state/model.ts';
import { ptsOf } from '../state/state.ts';
import type { TlObject } from '../types.ts';
import { companionsOf, updatesOf } from './box-updates.ts';
import { creatorOf } from './creator.ts';
import { rpcError } from './errors.ts';
import { companions } from './objects.ts';
import { bareId, boxOf, isChannel } from './peers.ts';
import { postMessage } from './post-message.ts';
import { pushToAccount, type Origin } from './publish.ts';
import { unixSeconds, type Telegram } from './telegram.ts';

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
    const joined = { ...chat, members: [...chat.members, account.id], requested: others };
    telegram.store.commit({ type: 'chat_changed', chat: joined });
    if (chat.kind !== 'channel') postAction(telegram, account, chat, { action }, origin);
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
  action: { action: 'joined' | 'joined_by_link' | 'left'; actionUser?: number },
  origin: Origin,
): void {
  const message = { from: account.id, to: peer, text: '', date: unixSeconds(telegram), randomId: '0' };
  postMessage(telegram, { ...message, ...action }, origin);
}

/** Answers a change of membership with its updates, and tells the account's other clients of the channel. */
function answering(
  telegram: Telegram,
  account: Account,
  { peer }: Chat,
  origin: Origin,
  change: () => void,
): TlObject {
  const { store } = telegram;
  const box = boxOf(peer, account.id);
  const before = ptsOf(store.state, box);
  change();
  const channel = isChannel(peer) ? [{ _: 'updateChannel', channel_id: bareId(peer) }] : [];
  const object = (updates: TlObject[], peers: Record<string, TlObject[]>): TlObject => ({
    _: 'updates',
    updates,
    ...peers,
    date: unixSeconds(telegram),
    seq: 0,
  });
  if (channel.length > 0)
    pushToAccount(
      telegram,
      account.id,
      (viewer) => object(channel, companions(store, viewer, [peer])),
      origin,
    );
  const entries = changesSince(store.state.boxes.get(box), before);
  const isMember = store.state.chats.get(peer)?.members.includes(account.id) === true;
  const told = isMember || !isChannel(peer) ? entries : [];
  const { users } = companionsOf(store, account, box, told);
  const { chats } = companions(store, account, [peer]);
  return object([...channel, ...told.flatMap((entry) => updatesOf(store, account, box, entry))], {
    users,
    chats,
  });
}

import { changesSince } from '../../../state/mailbox.ts';
import type { Account, PeerId } from '../../../state/model.ts';
import { ptsOf } from '../../../state/state.ts';
import type { TlObject } from '../../../types.ts';
import { checkMayPin } from '../../chats/chat-rights.ts';
import { rpcError } from '../../errors.ts';
import { flagField, intField, objectField } from '../../fields.ts';
import { boxesOf, writtenMessage } from '../../messages/find-message.ts';
import { pinnedIds } from '../../messages/pinned.ts';
import { boxOf, isChannel, peerOfInput } from '../../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../../telegram.ts';
import { updatesObject } from '../../updates/box-updates.ts';
import { postMessage } from '../../updates/post-message.ts';
import { publish, type Origin } from '../../updates/publish.ts';

/** Pins or unpins a message. Pinning it for both sides posts a service message. */
export function updatePinnedMessage({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const peer = peerOfInput(store, account, objectField(query, 'peer'));
  checkMayPin(store, account, peer);
  const id = intField(query, 'id');
  writtenMessage(store, account, peer, id);
  const box = boxOf(peer, account.id);
  const pinned = !flagField(query, 'unpin');
  if (pinnedIds(store, box, peer).includes(id) === pinned) throw rpcError('CHAT_NOT_MODIFIED');
  const everywhere = !(flagField(query, 'pm_oneside') && peer > 0);
  const before = ptsOf(store.state, box);
  setPinned(telegram, account, peer, [id], { pinned, everywhere, origin: call });
  if (pinned && everywhere) {
    const message = { from: account.id, to: peer, text: '', date: unixSeconds(telegram), randomId: '0' };
    const silent = flagField(query, 'silent') && { silent: true };
    postMessage(telegram, { ...message, ...silent, action: 'pinned', replyTo: id }, call);
  }
  return updatesObject(telegram, account, box, changesSince(store.state.boxes.get(box), before));
}

export function unpinAllMessages({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const peer = peerOfInput(store, account, objectField(query, 'peer'));
  checkMayPin(store, account, peer);
  const box = boxOf(peer, account.id);
  const ids = pinnedIds(store, box, peer);
  if (ids.length > 0)
    setPinned(telegram, account, peer, ids, { pinned: false, everywhere: true, origin: call });
  return {
    _: 'messages.affectedHistory',
    pts: ptsOf(store.state, box),
    pts_count: ids.length,
    offset: 0,
  };
}

function setPinned(
  telegram: Telegram,
  account: Account,
  peer: PeerId,
  ids: number[],
  { pinned, everywhere, origin }: { pinned: boolean; everywhere: boolean; origin: Origin },
): void {
  const { store } = telegram;
  const box = boxOf(peer, account.id);
  const boxes = isChannel(peer)
    ? [box]
    : ids.flatMap((id) => boxesOf(writtenMessage(store, account, peer, id)));
  publish(telegram, boxes, [{ type: 'messages_pinned', box, ids, pinned, everywhere }], origin);
}

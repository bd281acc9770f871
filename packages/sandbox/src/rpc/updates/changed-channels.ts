import type { Account, PeerId } from '../../state/model.ts';
import { messageIn, ptsOf } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { companions } from '../objects.ts';
import { bareId, isChannel } from '../peers.ts';

/**
 * The account's channels with something new since a time, in Unix seconds. The account's difference only names them:
 * the changes are in the channels' own differences.
 */
export function changedChannels(
  store: Store,
  account: Account,
  since: number,
): { updates: TlObject[]; chats: TlObject[] } {
  const changed = [...store.state.chats.values()]
    .filter(({ peer, members }) => isChannel(peer) && members.includes(account.id))
    .map(({ peer }) => peer)
    .filter((peer) => lastChangeIn(store, peer) >= since);
  const updates = changed.map((peer) => ({
    _: 'updateChannelTooLong',
    channel_id: bareId(peer),
    pts: ptsOf(store.state, peer),
  }));
  return { updates, chats: companions(store, account, changed).chats };
}

/** Unix seconds. A deletion has no time, so a channel whose latest change is one counts as just changed. */
function lastChangeIn({ state }: Store, peer: PeerId): number {
  const entry = state.boxes.get(peer)?.log.at(-1);
  if (entry === undefined) return 0;
  const message = 'id' in entry.change ? messageIn(state, peer, entry.change.id) : undefined;
  if (message === undefined) return Infinity;
  return Math.max(message.date, message.editDate ?? 0, message.reactedAt ?? 0);
}

import type { StateEvent } from '../../state/events.ts';
import { changesSince, type LogEntry } from '../../state/mailbox.ts';
import type { Account, PeerId } from '../../state/model.ts';
import { ptsOf } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { isChannel } from '../peers.ts';
import type { Telegram } from '../telegram.ts';
import { updatesObject } from './box-updates.ts';

/** The call that caused a change. Its session gets an answer and therefore no push. */
export interface Origin {
  authKeyId: string;
  sessionId: string;
}

/**
 * Commits events and pushes the changes that they make in `boxes` to the boxes' readers.
 *
 * @returns the changes by box.
 */
export function publish(
  telegram: Telegram,
  boxes: Iterable<PeerId>,
  events: StateEvent[],
  origin?: Origin,
): Map<PeerId, LogEntry[]> {
  const { store } = telegram;
  const before = [...new Set(boxes)].map((box) => [box, ptsOf(store.state, box)] as const);
  store.commit(...events);
  const changes = new Map(
    before.map(([box, pts]) => [box, changesSince(store.state.boxes.get(box), pts)] as const),
  );
  for (const [box, entries] of changes) {
    if (entries.length === 0) continue;
    for (const reader of readersOf(store, box))
      pushToAccount(telegram, reader, (account) => updatesObject(telegram, account, box, entries), origin);
  }
  return changes;
}

/** The accounts that read a box. */
function readersOf(store: Store, box: PeerId): readonly number[] {
  return isChannel(box) ? (store.state.chats.get(box)?.members ?? []) : [box];
}

/** Pushes an `Updates` object to an account's connected clients. */
export function pushToAccount(
  { store, network, pushFaults }: Telegram,
  accountId: number,
  updatesFor: (account: Account) => TlObject,
  origin?: Origin,
): void {
  const account = store.state.accounts.get(accountId);
  if (account === undefined) return;
  const keys = [...(store.state.authKeysOf.get(accountId) ?? [])].filter((authKeyId) => {
    const authorization = store.state.authorizations.get(authKeyId);
    const isHome = authorization?.status.kind === 'authorized' && authorization.dcId === account.homeDc;
    return isHome && network().connections(authKeyId) > 0;
  });
  if (keys.length === 0) return;
  const updates = updatesFor(account);
  pushFaults.deliver(accountId, () => {
    for (const authKeyId of keys) {
      const isOwn = authKeyId === origin?.authKeyId;
      network().push(authKeyId, updates, isOwn ? { exceptSessionId: origin.sessionId } : {});
    }
  });
}

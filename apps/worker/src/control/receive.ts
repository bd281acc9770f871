import { EXPORTED, GatewayError, passesChat, type AccountView, type EventFilter } from '@gateway/contracts';
import type { Account } from '../accounts/account.ts';
import { requireSignedIn } from './require-signed-in.ts';

/**
 * Turns receiving on or off, or changes the filter. Call in turn. Turned on, it begins at Telegram's present place in
 * the updates, whether or not the account received before.
 */
export async function receive(
  account: Account,
  { enabled, filter }: { enabled: boolean; filter?: EventFilter | undefined },
  now: number,
): Promise<AccountView> {
  requireSignedIn(account);
  const before = account.receiving;
  const kept = { filter: filter ?? before.filter };
  if (!enabled && account.status.replies_only !== undefined) throw new GatewayError('REPLIES_ONLY_ON');
  if (!enabled) await account.setReceiving({ ...kept, enabled, since: null });
  else if (before.enabled) {
    if (filter === undefined) return account.view;
    const stored = await account.inbox.readState();
    await account.inbox.append({ events: [], state: { set: await place(account, filter, stored) } });
    await account.setReceiving(kept);
    account.endReceiving();
  } else {
    const state = { set: await place(account, kept.filter, null), remove: ['*'] };
    // Before the setting: an old place would fetch what happened while receiving was off.
    await account.inbox.append({ events: before.seq_limit > 0 ? [offGap(now)] : [], state });
    await account.setReceiving({ ...kept, enabled, since: new Date(now).toISOString() });
  }
  return account.view;
}

/** An account whose session is used elsewhere must not connect: it begins once it is resumed. */
async function place(
  account: Account,
  filter: EventFilter,
  stored: Record<string, string> | null,
): Promise<Record<string, string>> {
  if (account.status.reason === EXPORTED) return {};
  return account.client().updatePlace({ wantsChat: (chat) => passesChat(filter, chat), stored });
}

function offGap(now: number) {
  const occurred_at = new Date(now).toISOString();
  return { type: 'updates.gap' as const, occurred_at, caught_up: false, chat: null, reason: 'off' as const };
}

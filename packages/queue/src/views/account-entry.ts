import { EXPORTED, needsAttention, PAUSED, type AccountState, type AccountView } from '@gateway/contracts';

/** Which accounts a list contains. */
export interface AccountFilter {
  /** Part of the user_id, name, username or phone number; in lower case. */
  text?: string | undefined;
  state?: AccountState | undefined;
  needsAttention?: boolean | undefined;
}

/**
 * An account's entry in the index. A hold that ends changes the account without a write of its worker, so the entry
 * also contains the one that follows then.
 */
export interface AccountEntry {
  /** Number of the owner's lease. The index refuses an entry of an earlier owner. */
  fence: number;
  /** The groups that the account belongs to. Each filter by state and attention lists exactly one group. */
  groups: string[];
  /** {@link urgencyOf} the account. */
  order: number;
  /** JSON of the entry once the hold is over. */
  later?: string;
}

export function groupOf({ state, needsAttention: attention }: AccountFilter): string {
  const need = attention === undefined ? 'any' : attention ? 'attention' : 'fine';
  return `${state ?? 'any'}:${need}`;
}

export function groupsOf(view: AccountView): string[] {
  const { state } = view;
  const attention = needsAttention(view);
  return [{}, { state }, { needsAttention: attention }, { state, needsAttention: attention }].map(groupOf);
}

/** How urgent an account is: 0 it needs a person, 1 it waits (a hold, a pause, a sign-in), 2 it is well. */
export function urgencyOf(view: AccountView): 0 | 1 | 2 {
  const { state, reason, hold } = view;
  // Somebody has stopped it on purpose.
  const isByHand = reason === PAUSED || reason === EXPORTED;
  if (needsAttention(view) && !isByHand) return 0;
  return state === 'ready' && reason === null && hold === null ? 2 : 1;
}

/** The view once its hold is over. */
export function withoutHold(view: AccountView): AccountView {
  return { ...view, hold: null, state: view.state === 'flood_wait' ? 'ready' : view.state };
}

/** Whether the filter fits the account. */
export function fits(userId: string, view: AccountView, filter: AccountFilter): boolean {
  return groupsOf(view).includes(groupOf(filter)) && searchText(userId, view).includes(filter.text ?? '');
}

/** The text in which a search looks, in lower case. */
export function searchText(userId: string, { user }: AccountView): string {
  if (user === null) return userId.toLowerCase();
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ');
  const username = user.username === null ? '' : `@${user.username}`;
  return [userId, name, username, user.phone_number ?? ''].join('\n').toLowerCase();
}

import type { AccountPage, AccountSummary } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import { stateOf, type Tone } from './account-words.ts';

/** The orders of the list, but for the gateway's own: by name. */
export const SORTS = {
  '-name': text('By name, last first'),
  state: text('Trouble first'),
  queue: text('Longest queue first'),
  pace: text('Least pace left first'),
} as const satisfies Record<string, Text>;

export type Sort = keyof typeof SORTS;

const TONES: readonly Tone[] = ['bad', 'wait', 'idle', 'good'];

/** What each order goes by; the smallest first. Accounts that are equal stay in the order of their names. */
const RANKS: Record<Exclude<Sort, '-name'>, (account: AccountSummary) => number> = {
  state: (account) => TONES.indexOf(stateOf(account).tone),
  queue: ({ pending: { waiting, delayed, active } }) => -(waiting + delayed + active),
  pace: ({ pace }) => (pace?.mode === 'careful' ? pace.remaining : Infinity),
};

/** A page of all accounts, in another order than by name. @param accounts by name */
export function sortedPage(
  accounts: readonly AccountSummary[],
  sort: Sort,
  { after, limit }: { after: string | null; limit: number },
): Pick<AccountPage, 'accounts' | 'total' | 'next'> {
  const sorted = sort === '-name' ? accounts.toReversed() : sortedBy(accounts, RANKS[sort]);
  const from = sorted.findIndex(({ user_id }) => user_id === after) + 1;
  const page = sorted.slice(from, from + limit);
  const isLast = from + limit >= sorted.length;
  return { accounts: page, total: sorted.length, next: isLast ? null : (page.at(-1)?.user_id ?? null) };
}

function sortedBy(
  accounts: readonly AccountSummary[],
  rank: (account: AccountSummary) => number,
): AccountSummary[] {
  // Not a difference: Infinity minus Infinity is no number.
  return accounts.toSorted((one, other) => {
    const [a, b] = [rank(one), rank(other)];
    return a === b ? 0 : a < b ? -1 : 1;
  });
}

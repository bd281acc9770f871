import type { AccountQuery, AccountSort, AccountState } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import { useSearchParams } from 'wouter-preact';
import { ACCOUNT_STATES } from './account-words.ts';

/** The orders of the list, the first of them where none is chosen. */
export const SORTS: Record<AccountSort, Text> = {
  name: text('By name'),
  '-name': text('By name, last first'),
  state: text('Trouble first'),
  queue: text('Longest queue first'),
};

export type Show = 'all' | 'attention' | 'waiting';

/** What the list of accounts shows: all of it is in the page's address. */
export interface AccountsView {
  q: string;
  show: Show;
  state: AccountState | null;
  sort: AccountSort;
  /** `next` of the page before. */
  after: string | null;
}

/** The view of the address, and a function that changes it. A change of the filter goes to the first page. */
export function useAccountsView(): [AccountsView, (changed: Partial<AccountsView>) => void] {
  const [query, setQuery] = useSearchParams();
  const change = (changed: Partial<AccountsView>) =>
    setQuery(
      // Of the address as it is by now: a search changes it later than it was typed.
      (before) => queryOf({ ...viewOf(before), after: null, ...changed }),
      // Another page is a place to come back to; each key of a search is not.
      { replace: changed.after === undefined },
    );
  return [viewOf(query), change];
}

function viewOf(query: URLSearchParams): AccountsView {
  const state = query.get('state');
  const show = query.get('show');
  const sort = query.get('sort');
  return {
    q: query.get('q') ?? '',
    show: show === 'attention' || show === 'waiting' ? show : 'all',
    state: ACCOUNT_STATES.find((each) => each === state) ?? null,
    sort: isSort(sort) ? sort : 'name',
    after: query.get('after'),
  };
}

function isSort(name: string | null): name is AccountSort {
  return name !== null && Object.hasOwn(SORTS, name);
}

function queryOf(view: AccountsView): URLSearchParams {
  const show = view.show === 'all' ? '' : view.show;
  const given = Object.entries({ ...view, show, sort: view.sort === 'name' ? '' : view.sort });
  return new URLSearchParams(
    given.filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  );
}

/** The filter of the view, as the gateway takes it. */
export function filterOf({ q, show, state }: AccountsView): AccountQuery {
  return {
    q: q.trim(),
    state: state ?? undefined,
    ...(show === 'attention' && { needs_attention: true }),
    ...(show === 'waiting' && { has_waiting: true }),
  };
}

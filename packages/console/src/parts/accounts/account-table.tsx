import type { AccountSummary } from '@gateway/client';
import { Link } from 'wouter-preact';
import { isSigningIn } from '../../lib/account-words.ts';
import { nameOf } from '../../lib/format.ts';
import { nextActionOf } from '../../texts/account.ts';
import { ACCOUNTS_TEXTS as T } from '../../texts/accounts.ts';
import { Hold } from '../hold.tsx';
import { PaceBudget } from '../pace-budget.tsx';
import { StateBadge } from '../state-badge.tsx';

interface AccountTableProps {
  accounts: readonly AccountSummary[];
  now: number;
  selected: ReadonlySet<string>;
  onSelect: (userIds: readonly string[], on: boolean) => void;
}

/** A page of the accounts, of which some can be selected. */
export function AccountTable({ accounts, now, selected, onSelect }: AccountTableProps) {
  const ids = accounts.map(({ user_id }) => user_id);
  const isAll = ids.every((id) => selected.has(id));
  return (
    <table class="accounts">
      <thead>
        <tr>
          <th scope="col" class="pick">
            <input
              type="checkbox"
              aria-label={T.selectPage}
              checked={isAll}
              onChange={() => onSelect(ids, !isAll)}
            />
          </th>
          <th scope="col">{T.columns.account}</th>
          <th scope="col">{T.columns.state}</th>
          <th scope="col">{T.columns.pace}</th>
          <th scope="col">{T.columns.queue}</th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr key={account.user_id} data-account={account.user_id}>
            <td class="pick">
              <input
                type="checkbox"
                aria-label={T.select(account.user_id)}
                checked={selected.has(account.user_id)}
                onChange={({ currentTarget }) => onSelect([account.user_id], currentTarget.checked)}
              />
            </td>
            <th scope="row">
              <Link href={pageOf(account)} class="account-link">
                {account.user_id}
              </Link>
              <span class="sub">{personOf(account)}</span>
            </th>
            <td>
              <StateBadge account={account} />
              <Hold account={account} now={now} />
              {nextActionOf(account) !== undefined && <span class="sub">{nextActionOf(account)}</span>}
            </td>
            <td data-label={T.columns.pace}>
              <PaceBudget account={account} />
            </td>
            <td data-label={T.columns.queue}>
              <Queue account={account} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function pageOf(account: AccountSummary): string {
  const page = isSigningIn(account) ? 'sign-in' : 'accounts';
  return `/${page}/${encodeURIComponent(account.user_id)}`;
}

function personOf({ user_info: user }: AccountSummary): string {
  return [nameOf(user), user?.username && `@${user.username}`, user?.phone_number]
    .filter(Boolean)
    .join(' · ');
}

function Queue({ account }: { account: AccountSummary }) {
  const { waiting, delayed, active } = account.pending;
  if (waiting + delayed + active === 0) return <span class="sub">{T.empty}</span>;
  const parts = [
    active > 0 && T.goingOut(active),
    waiting > 0 && T.queued(waiting),
    delayed > 0 && T.held(delayed),
  ];
  return <span>{parts.filter(Boolean).join(', ')}</span>;
}

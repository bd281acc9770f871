import type { AccountSummary } from '@gateway/client';
import { Link } from 'wouter-preact';
import { isSigningIn, nextActionOf } from '../../lib/accounts/account-words.ts';
import { nameOf } from '../../lib/format.ts';
import { useWords } from '../../lib/words.ts';
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
  const { t } = useWords();
  const ids = accounts.map(({ user_id }) => user_id);
  const isAll = ids.every((id) => selected.has(id));
  return (
    <table class="accounts">
      <thead>
        <tr>
          <th scope="col" class="pick">
            <input
              type="checkbox"
              aria-label={t('Select all on this page')}
              checked={isAll}
              onChange={() => onSelect(ids, !isAll)}
            />
          </th>
          <th scope="col">{t('Account')}</th>
          <th scope="col">{t('State')}</th>
          <th scope="col">{t('Pace')}</th>
          <th scope="col">{t('Queue')}</th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr key={account.user_id} data-account={account.user_id}>
            <td class="pick">
              <input
                type="checkbox"
                aria-label={t('Select {account}', { account: account.user_id })}
                checked={selected.has(account.user_id)}
                onChange={({ currentTarget }) => onSelect([account.user_id], currentTarget.checked)}
              />
            </td>
            <th scope="row">
              <Link href={pageOf(account)} class="account-link">
                {account.user_id}
              </Link>
              <span class="sub person">{personOf(account)}</span>
            </th>
            <td>
              <StateBadge account={account} />
              <Hold account={account} now={now} />
              <NextAction account={account} />
            </td>
            <td data-label={t('Pace')}>
              <PaceBudget account={account} />
            </td>
            <td data-label={t('Queue')}>
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

function NextAction({ account }: { account: AccountSummary }) {
  const { say } = useWords();
  const action = nextActionOf(account, say);
  return action === null ? null : <span class="sub">{action}</span>;
}

function Queue({ account }: { account: AccountSummary }) {
  const { t } = useWords();
  const { waiting, delayed, active } = account.pending;
  if (waiting + delayed + active === 0) return <span class="sub">{t('empty')}</span>;
  const parts = [
    active > 0 && t('{count, number} going out', { count: active }),
    waiting > 0 && t('{count, number} waiting', { count: waiting }),
    delayed > 0 && t('{count, number} held', { count: delayed }),
  ];
  return <span>{parts.filter(Boolean).join(', ')}</span>;
}

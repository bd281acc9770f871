import type { AccountSummary } from '@gateway/client';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { isSigningIn, needsAttention } from '../lib/account-words.ts';
import { nameOf, plural } from '../lib/format.ts';
import { useGateway } from '../lib/gateway.ts';
import { useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { Hold } from '../parts/hold.tsx';
import { ErrorNotice } from '../parts/notice.tsx';
import { StateBadge } from '../parts/state-badge.tsx';

const PAGE = 100;
const EVERY_MS = 3_000;

type Filter = 'all' | 'attention' | 'pending';
const FILTERS: Record<Filter, { label: string; fits: (account: AccountSummary) => boolean }> = {
  all: { label: 'All', fits: () => true },
  attention: { label: 'Needs a person', fits: needsAttention },
  pending: { label: 'With messages waiting', fits: (account) => pendingOf(account) > 0 },
};

/** The page that lists the accounts with their states. */
export function AccountsPage() {
  useTitle('Accounts');
  const { client } = useGateway();
  const now = useNow();
  const [q, setQ] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [after, setAfter] = useState<string>();
  const { value, error } = usePolled(
    (signal) => client.accounts.list({ q: q.trim(), after, limit: PAGE, signal }),
    EVERY_MS,
    [q, after],
  );
  const shown = value?.accounts.filter(FILTERS[filter].fits) ?? [];
  const isEmpty = value !== null && value.total === 0 && q === '';
  return (
    <>
      <div class="headline">
        <h1>Accounts</h1>
        <Link href="/sign-in" class="button primary">
          Add an account
        </Link>
      </div>
      <ErrorNotice error={error} />
      {isEmpty && <Welcome />}
      {value !== null && !isEmpty && (
        <>
          <div class="tools">
            <input
              type="search"
              aria-label="Find an account"
              placeholder="Find an account"
              value={q}
              onInput={({ currentTarget }) => {
                setQ(currentTarget.value);
                setAfter(undefined);
              }}
            />
            <div class="chips" role="group" aria-label="Show">
              {Object.entries(FILTERS).map(([name, { label }]) => (
                <button
                  key={name}
                  type="button"
                  class="chip"
                  aria-pressed={filter === name}
                  onClick={() => setFilter(name as Filter)}
                >
                  {label}
                </button>
              ))}
            </div>
            <span class="count">{plural(value.total, 'account')}</span>
          </div>
          {shown.length === 0 ? (
            <p class="empty">No accounts match.</p>
          ) : (
            <AccountTable accounts={shown} now={now} />
          )}
          {(value.next !== null || after !== undefined) && (
            <div class="buttons">
              {after !== undefined && (
                <button type="button" onClick={() => setAfter(undefined)}>
                  First page
                </button>
              )}
              {value.next !== null && (
                <button type="button" onClick={() => setAfter(value.next ?? undefined)}>
                  Next {PAGE}
                </button>
              )}
            </div>
          )}
        </>
      )}
    </>
  );
}

function Welcome() {
  const { sandbox } = useGateway();
  return (
    <section class="card welcome">
      <h2>Sign in your first account</h2>
      <p>
        The gateway sends messages as you, so it needs your Telegram account once: sign in with a code or a QR
        code.
      </p>
      {sandbox !== null && (
        <p>
          This is the sandbox: a phone number is suggested, and the code that "Telegram" sends is shown here.
        </p>
      )}
      <Link href="/sign-in" class="button primary">
        Sign in an account
      </Link>
    </section>
  );
}

function AccountTable({ accounts, now }: { accounts: readonly AccountSummary[]; now: number }) {
  return (
    <table class="accounts">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">State</th>
          <th scope="col">Pace</th>
          <th scope="col">Queue</th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr key={account.user_id}>
            <th scope="row">
              <Link href={pageOf(account)} class="account-link">
                {account.user_id}
              </Link>
              <span class="sub">{nameOf(account.user_info)}</span>
            </th>
            <td>
              <StateBadge account={account} />
              <Hold account={account} now={now} />
              {account.next_action !== undefined && <span class="sub">{account.next_action}</span>}
            </td>
            <td data-label="Pace">
              <PaceBudget account={account} />
            </td>
            <td data-label="Queue">
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

/** How many messages the account may send at once now. */
export function PaceBudget({ account: { pace } }: { account: AccountSummary }) {
  if (pace === undefined) return <span class="sub">–</span>;
  if (pace.mode === 'off') return <span class="sub">off</span>;
  return (
    <span class="budget">
      <meter
        min={0}
        max={pace.rules.burst}
        value={pace.remaining}
        aria-label="Messages that can be sent at once"
      />
      <span>
        {pace.remaining} of {pace.rules.burst}
      </span>
    </span>
  );
}

function Queue({ account }: { account: AccountSummary }) {
  const { waiting, delayed, active } = account.pending;
  if (pendingOf(account) === 0) return <span class="sub">empty</span>;
  const parts = [
    active > 0 && `${active} going out`,
    waiting > 0 && `${waiting} waiting`,
    delayed > 0 && `${delayed} held`,
  ];
  return <span>{parts.filter(Boolean).join(', ')}</span>;
}

function pendingOf({ pending }: AccountSummary): number {
  return pending.waiting + pending.delayed + pending.active;
}

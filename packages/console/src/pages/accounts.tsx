import type { AccountPage as AccountListPage, GatewayClient } from '@gateway/client';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { filterOf, useAccountsView } from '../lib/accounts/accounts-query.ts';
import { useGateway } from '../lib/gateway.ts';
import { useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { AccountFilters } from '../parts/accounts/account-filters.tsx';
import { AccountTable } from '../parts/accounts/account-table.tsx';
import { BulkBar } from '../parts/accounts/bulk-bar.tsx';
import { ErrorNotice } from '../parts/notice.tsx';

const PAGE = 100;
const EVERY_MS = 3_000;

/** The list as it was last shown. So the way back from an account finds it at once, scrolled to where it was. */
let lastShown: { client: GatewayClient; asked: string; page: AccountListPage } | null = null;

/** The page that lists the accounts with their states. What it shows is in its address. */
export function AccountsPage() {
  const { t } = useWords();
  useTitle(t('Accounts'));
  const { client } = useGateway();
  const now = useNow();
  const [view, change] = useAccountsView();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filter = filterOf(view);
  const query = { ...filter, sort: view.sort, after: view.after ?? undefined, limit: PAGE };
  const asked = JSON.stringify(query);
  const { value, error, reload } = usePolled(
    async (signal) => {
      const page = await client.accounts.list({ ...query, signal });
      if (!signal.aborted) lastShown = { client, asked, page };
      return page;
    },
    EVERY_MS,
    [client, asked],
    lastShown?.client === client && lastShown.asked === asked ? lastShown.page : null,
  );
  const isUnfiltered = view.q === '' && view.show === 'all' && view.state === null;
  const isEmpty = value !== null && value.total === 0 && isUnfiltered;
  const select = (userIds: readonly string[], on: boolean) =>
    setSelected((before) => {
      const after = new Set(before);
      for (const userId of userIds) {
        if (on) after.add(userId);
        else after.delete(userId);
      }
      return after;
    });
  return (
    <>
      <div class="headline">
        <h1>{t('Accounts')}</h1>
        <div class="buttons">
          <Link href="/batch" class="button">
            {t('Send from a file')}
          </Link>
          <Link href="/sign-in" class="button primary">
            {t('Add an account')}
          </Link>
        </div>
      </div>
      <ErrorNotice error={error} />
      {isEmpty && <Welcome />}
      {value !== null && !isEmpty && (
        <>
          <AccountFilters
            view={view}
            onChange={(changed) => {
              setSelected(new Set());
              change(changed);
            }}
            total={value.total}
          />
          <BulkBar
            filter={filter}
            total={value.total}
            selected={selected}
            onSelect={(userIds) => setSelected(new Set(userIds))}
            onChanged={reload}
          />
          {value.accounts.length === 0 ? (
            <p class="empty">{t('No accounts match.')}</p>
          ) : (
            <AccountTable accounts={value.accounts} now={now} selected={selected} onSelect={select} />
          )}
          {(value.next !== null || view.after !== null) && (
            <div class="buttons">
              {view.after !== null && (
                <button type="button" onClick={() => change({ after: null })}>
                  {t('First page')}
                </button>
              )}
              {value.next !== null && (
                <button type="button" onClick={() => change({ after: value.next })}>
                  {t('Next {count}', { count: PAGE })}
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
  const { t } = useWords();
  return (
    <section class="card welcome">
      <h2>{t('Sign in your first account')}</h2>
      <p>
        {t(
          'The gateway sends messages as you, so it needs your Telegram account once: sign in with a code or a QR code.',
        )}
      </p>
      {sandbox !== null && (
        <p>
          {t(
            'This is the sandbox: a phone number is suggested, and the code that "Telegram" sends is shown here.',
          )}
        </p>
      )}
      <Link href="/sign-in" class="button primary">
        {t('Sign in an account')}
      </Link>
    </section>
  );
}

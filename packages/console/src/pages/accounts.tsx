import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { filterOf, useAccountsView } from '../lib/accounts-query.ts';
import { useGateway } from '../lib/gateway.ts';
import { useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { AccountFilters } from '../parts/accounts/account-filters.tsx';
import { AccountTable } from '../parts/accounts/account-table.tsx';
import { BulkBar } from '../parts/accounts/bulk-bar.tsx';
import { ErrorNotice } from '../parts/notice.tsx';
import { ACCOUNTS_TEXTS as T } from '../texts/accounts.ts';

const PAGE = 100;
const EVERY_MS = 3_000;

/** The page that lists the accounts with their states. What it shows is in its address. */
export function AccountsPage() {
  useTitle(T.title);
  const { client } = useGateway();
  const now = useNow();
  const [view, change] = useAccountsView();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filter = filterOf(view);
  const { value, error, reload } = usePolled(
    (signal) => client.accounts.list({ ...filter, after: view.after ?? undefined, limit: PAGE, signal }),
    EVERY_MS,
    [view.q, view.show, view.state, view.after],
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
        <h1>{T.title}</h1>
        <Link href="/sign-in" class="button primary">
          {T.add}
        </Link>
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
            <p class="empty">{T.none}</p>
          ) : (
            <AccountTable accounts={value.accounts} now={now} selected={selected} onSelect={select} />
          )}
          {(value.next !== null || view.after !== null) && (
            <div class="buttons">
              {view.after !== null && (
                <button type="button" onClick={() => change({ after: null })}>
                  {T.firstPage}
                </button>
              )}
              {value.next !== null && (
                <button type="button" onClick={() => change({ after: value.next })}>
                  {T.nextPage(PAGE)}
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
      <h2>{T.welcome.title}</h2>
      <p>{T.welcome.text}</p>
      {sandbox !== null && <p>{T.welcome.sandbox}</p>}
      <Link href="/sign-in" class="button primary">
        {T.welcome.button}
      </Link>
    </section>
  );
}

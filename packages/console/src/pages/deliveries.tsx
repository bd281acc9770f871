import type { Delivery } from '@gateway/client';
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { useAction, useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { AccountField } from '../parts/account-field.tsx';
import { ErrorNotice } from '../parts/notice.tsx';
import { DeliveryItem } from '../parts/webhooks/delivery-item.tsx';
import { DELIVERY_STATES } from '../texts/webhooks.ts';

const EVERY_MS = 5_000;
const PAGE = 30;

/** The log of deliveries to callback addresses, of one account. Account and state are in the address. */
export function DeliveriesPage() {
  const { t, say } = useWords();
  useTitle(t('Deliveries of jobs'));
  const [query, setQuery] = useSearchParams();
  const account = query.get('account') ?? '';
  const state = query.get('state') ?? '';
  const set = (name: string, value: string) =>
    setQuery(
      (before) => {
        const changed = new URLSearchParams(before);
        if (value === '') changed.delete(name);
        else changed.set(name, value);
        return changed;
      },
      { replace: true },
    );
  return (
    <>
      <div class="headline">
        <div>
          <h1>
            <Link href="/webhooks">{t('Webhooks')}</Link> {t('Deliveries of jobs')}
          </h1>
          <p class="sub">
            {t(
              'What was posted to the callback addresses of messages, and when the state of an account changed: the latest two thousand of each account.',
            )}
          </p>
        </div>
      </div>
      <div class="tools">
        <AccountField label={t('Account')} value={account} onText={(text) => set('account', text.trim())} />
        <div class="chips" role="group" aria-label={t('State')}>
          {[
            ['', t('All')],
            ...Object.entries(DELIVERY_STATES).map(([name, { label }]) => [name, say(label)]),
          ].map(([name = '', label]) => (
            <button
              key={name}
              type="button"
              class="chip"
              aria-pressed={state === name}
              onClick={() => set('state', name)}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      {account === '' ? (
        <p class="empty">{t('Type the name of an account.')}</p>
      ) : (
        <DeliveryList
          key={`${account} ${state}`}
          account={account}
          state={isState(state) ? state : undefined}
        />
      )}
    </>
  );
}

function isState(text: string): text is Delivery['state'] {
  return Object.hasOwn(DELIVERY_STATES, text);
}

function DeliveryList({ account, state }: { account: string; state: Delivery['state'] | undefined }) {
  const { client } = useGateway();
  const { t } = useWords();
  const now = useNow();
  const { value, error, reload } = usePolled(
    (signal) => client.webhooks.deliveries(account, { state, limit: PAGE, signal }),
    EVERY_MS,
    [client],
  );
  const [older, setOlder] = useState<{ deliveries: Delivery[]; cursor: string | null } | null>(null);
  const cursor = older === null ? (value?.cursor ?? null) : older.cursor;
  const more = useAction(async () => {
    if (cursor === null) return;
    const page = await client.webhooks.deliveries(account, { state, limit: PAGE, cursor });
    setOlder({ deliveries: [...(older?.deliveries ?? []), ...page.deliveries], cursor: page.cursor });
  });
  const newest = value?.deliveries ?? [];
  const ids = new Set(newest.map(({ id }) => id));
  const shown = [...newest, ...(older?.deliveries ?? []).filter(({ id }) => !ids.has(id))];
  return (
    <>
      <ErrorNotice error={error ?? more.error} />
      {value !== null && shown.length === 0 && (
        <p class="empty">{t('Nothing was posted for this account.')}</p>
      )}
      {shown.length > 0 && (
        <div class="card">
          <ul class="sends" aria-label={t('Deliveries of jobs')}>
            {shown.map((delivery) => (
              <DeliveryItem key={delivery.id} delivery={delivery} now={now} onReplayed={reload} />
            ))}
          </ul>
        </div>
      )}
      {cursor !== null && (
        <button type="button" class="small" disabled={more.busy} onClick={() => void more.run()}>
          {t('Show more')}
        </button>
      )}
    </>
  );
}

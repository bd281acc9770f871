import type { GatewayClient, SendSummary } from '@gateway/client';
import { useEffect, useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import { saveFile } from '../lib/browser/save-file.ts';
import { csvOf } from '../lib/csv.ts';
import { useGateway } from '../lib/gateway.ts';
import { useAction, useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { ErrorNotice } from '../parts/notice.tsx';
import { Send } from '../parts/send-list.tsx';

const PAGE = 50;
const EVERY_MS = 15_000;
/** ms without a keystroke before the search begins. */
const PAUSE_MS = 250;
/** Most rows of an export. */
const MOST_EXPORTED = 10_000;
/** The same in each language, because programs read the file. */
const CSV_FIELDS = ['time', 'account', 'to', 'text', 'reason', 'code', 'tries', 'job'];

/** The failed messages of all accounts, with dates and reasons. The search is in the page's address. */
export function FailuresPage() {
  const { t } = useWords();
  useTitle(t('Failures'));
  const { client } = useGateway();
  const [query, setQuery] = useSearchParams();
  const q = query.get('q') ?? '';
  const [typed, setTyped] = useState(q);
  useEffect(() => {
    if (typed.trim() === q) return undefined;
    const next = typed.trim() === '' ? {} : { q: typed.trim() };
    const timer = setTimeout(() => setQuery(new URLSearchParams(next), { replace: true }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const exportAll = useAction(async () => {
    const failures = await allOf(client, q);
    saveFile(csvOf([CSV_FIELDS, ...failures.map(rowOf)]), 'failures.csv');
  });
  return (
    <>
      <div class="headline">
        <div>
          <h1>{t('Failures')}</h1>
          <p class="sub">
            {t('Messages of all accounts that were not sent, the latest first, with the reason.')}
          </p>
        </div>
        <button type="button" disabled={exportAll.busy} onClick={() => void exportAll.run()}>
          {t('Export as CSV')}
        </button>
      </div>
      <div class="tools">
        <input
          type="search"
          aria-label={t('Find an account')}
          placeholder={t('Name, username or phone')}
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </div>
      <ErrorNotice error={exportAll.error} />
      <FailureList key={q} q={q} />
    </>
  );
}

function FailureList({ q }: { q: string }) {
  const { client } = useGateway();
  const { t } = useWords();
  const now = useNow();
  const { value, error } = usePolled(
    (signal) => client.accounts.failures({ q, limit: PAGE, signal }),
    EVERY_MS,
    [client],
  );
  const [older, setOlder] = useState<{ failures: SendSummary[]; next: string | null } | null>(null);
  const next = older === null ? (value?.next ?? null) : older.next;
  const more = useAction(async () => {
    if (next === null) return;
    const page = await client.accounts.failures({ q, limit: PAGE, before: next });
    setOlder({ failures: [...(older?.failures ?? []), ...page.failures], next: page.next });
  });
  const newest = value?.failures ?? [];
  const ids = new Set(newest.map(({ job_id }) => job_id));
  const shown = [...newest, ...(older?.failures ?? []).filter(({ job_id }) => !ids.has(job_id))];
  return (
    <>
      <ErrorNotice error={error ?? more.error} />
      {value === null && error === null && <p aria-busy="true">{t('Loading…')}</p>}
      {value !== null && shown.length === 0 && <p class="empty">{t('Nothing has failed.')}</p>}
      {shown.length > 0 && (
        <div class="card">
          <ul class="sends" aria-label={t('Failures')}>
            {shown.map((send) => (
              <Send
                key={send.job_id}
                send={send}
                now={now}
                of={<Link href={`/accounts/${encodeURIComponent(send.user_id)}`}>{send.user_id}</Link>}
              />
            ))}
          </ul>
        </div>
      )}
      {next !== null && (
        <button type="button" class="small" disabled={more.busy} onClick={() => void more.run()}>
          {t('Show more')}
        </button>
      )}
    </>
  );
}

async function allOf(client: GatewayClient, q: string): Promise<SendSummary[]> {
  const all: SendSummary[] = [];
  for (let before: string | null | undefined; before !== null && all.length < MOST_EXPORTED;) {
    const { failures, next } = await client.accounts.failures({ q, limit: 100, before });
    all.push(...failures);
    before = next;
  }
  return all;
}

function rowOf({ finished_at, user_id, recipient_id, preview, error, attempts, job_id }: SendSummary) {
  return [
    finished_at ?? '',
    user_id,
    recipient_id,
    preview,
    error?.message ?? '',
    error?.rpc_error ?? error?.code ?? '',
    attempts,
    job_id,
  ];
}

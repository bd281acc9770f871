import type { GatewayClient, SendSummary } from '@gateway/client';
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import { saveFile } from '../lib/browser/save-file.ts';
import { csvOf } from '../lib/csv.ts';
import { useGateway } from '../lib/gateway.ts';
import { useAction, useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { ErrorNotice, Notice } from '../parts/notice.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { Send } from '../parts/send-list.tsx';

const PAGE = 50;
const EVERY_MS = 15_000;
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
  const [read, setRead] = useState(0);
  const exportAll = useAction(async () => {
    setRead(0);
    const failures = await allOf(client, q, setRead);
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
        <SearchField
          label={t('Find an account')}
          placeholder={t('Name, username or phone')}
          value={q}
          onSearch={(text) =>
            setQuery(new URLSearchParams(text === '' ? {} : { q: text }), { replace: true })
          }
        />
      </div>
      {exportAll.busy && (
        <p role="status">
          {t('{count, plural, one {# failure} other {# failures}} read so far', { count: read })}
        </p>
      )}
      {!exportAll.busy && read >= MOST_EXPORTED && (
        <Notice tone="wait">{t('The file has only the latest {count, number}.', { count: read })}</Notice>
      )}
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

/** The latest failures. @param onRead called with how many are read */
async function allOf(
  client: GatewayClient,
  q: string,
  onRead: (count: number) => void,
): Promise<SendSummary[]> {
  const all: SendSummary[] = [];
  for (let before: string | null | undefined; before !== null && all.length < MOST_EXPORTED;) {
    const { failures, next } = await client.accounts.failures({ q, limit: 100, before });
    all.push(...failures);
    onRead(all.length);
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

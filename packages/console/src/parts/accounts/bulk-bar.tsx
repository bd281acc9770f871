import type { AccountQuery, AccountSummary, GatewayClient } from '@gateway/client';
import { useState } from 'preact/hooks';
import { nextActionOf } from '../../lib/accounts/account-words.ts';
import { allAccounts } from '../../lib/accounts/all-accounts.ts';
import { useBulk, type BulkState } from '../../lib/accounts/bulk.ts';
import { accountsInWords } from '../../lib/accounts/named.ts';
import { saveFile } from '../../lib/browser/save-file.ts';
import { csvOf } from '../../lib/csv.ts';
import { nameOf } from '../../lib/format.ts';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { useWords, type Words } from '../../lib/words.ts';
import { ErrorNotice, messageOf, Notice } from '../notice.tsx';

/** Failures per request. */
const PAGE = 100;

/** The same in each language, because programs read the file. */
const CSV_FIELDS = [
  'account',
  'state',
  'reason',
  'what to do',
  'name',
  'username',
  'phone',
  'waiting',
  'held or scheduled',
  'going out',
];

interface BulkBarProps {
  /** The filter of the list: an export without a selection has all that match. */
  filter: AccountQuery;
  total: number;
  selected: ReadonlySet<string>;
  onSelect: (userIds: readonly string[]) => void;
  onChanged: () => void;
}

/** What can be done to all accounts that are selected. */
export function BulkBar({ filter, total, selected, onSelect, onChanged }: BulkBarProps) {
  const { client } = useGateway();
  const { t, say } = useWords();
  const bulk = useBulk();
  const [isRetry, setIsRetry] = useState(false);
  const run = async (act: (userId: string) => Promise<number>, retries = false) => {
    setIsRetry(retries);
    await bulk.run([...selected], act);
    onChanged();
  };
  const exportAll = useAction(async () => {
    const accounts = await allAccounts(client, filter);
    const chosen = selected.size === 0 ? accounts : accounts.filter(({ user_id }) => selected.has(user_id));
    saveFile(csvOf([CSV_FIELDS, ...chosen.map((account) => rowOf(account, say))]), 'accounts.csv');
  });
  const selectAll = useAction(async () =>
    onSelect((await allAccounts(client, filter)).map(({ user_id }) => user_id)),
  );
  const isRunning = bulk.state?.isRunning === true;
  const none = selected.size === 0 || isRunning;
  return (
    <div class="bulk">
      <div class="buttons">
        <span class="sub" role="status">
          {t('{count, plural, one {# account} other {# accounts}} selected', { count: selected.size })}
        </span>
        {selected.size < total && (
          <button type="button" class="small" disabled={selectAll.busy} onClick={() => void selectAll.run()}>
            {t('Select all {count, number}', { count: total })}
          </button>
        )}
        {selected.size > 0 && (
          <button type="button" class="small" onClick={() => onSelect([])}>
            {t('Select none')}
          </button>
        )}
        <button
          type="button"
          class="small"
          disabled={none}
          onClick={() => void run(async (userId) => (await client.pause(userId), 1))}
        >
          {t('Pause')}
        </button>
        <button
          type="button"
          class="small"
          disabled={none}
          onClick={() => void run(async (userId) => (await client.resume(userId), 1))}
        >
          {t('Resume')}
        </button>
        <button
          type="button"
          class="small"
          disabled={none}
          onClick={() => void run((userId) => retryFailed(client, userId), true)}
        >
          {t('Retry what failed')}
        </button>
        <button
          type="button"
          class="small"
          disabled={exportAll.busy || total === 0}
          onClick={() => void exportAll.run()}
        >
          {t('Export as CSV')}
        </button>
      </div>
      {bulk.state !== null && <Progress state={bulk.state} isRetry={isRetry} onStop={bulk.stop} />}
      <ErrorNotice error={exportAll.error ?? selectAll.error} />
    </div>
  );
}

function Progress({
  state: { done, all, isRunning, failures, sum },
  isRetry,
  onStop,
}: {
  state: BulkState;
  isRetry: boolean;
  onStop: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const progress = t('{done, number} of {all, number}', { done, all });
  return (
    <>
      {isRunning && (
        <div class="buttons">
          <progress max={all} value={done} aria-label={progress} />
          <span>{progress}</span>
          <button type="button" class="small" onClick={onStop}>
            {t('Stop')}
          </button>
        </div>
      )}
      {!isRunning && (
        <p role="status">
          {t('Done: {count, plural, one {# account} other {# accounts}}.', {
            count: done - failures.length,
          })}{' '}
          {isRetry &&
            t('{count, plural, one {# message} other {# messages}} will be sent again.', { count: sum })}
        </p>
      )}
      {failures.length > 0 && (
        <Notice tone="bad">
          <ul class="tries">
            {byReason(failures, words).map(([reason, userIds]) => (
              <li key={reason}>
                {reason} <span class="person">{accountsInWords(userIds.toSorted(), words)}</span>
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

/** The accounts that were refused, by the reason. Hundreds have few reasons. */
function byReason(failures: BulkState['failures'], words: Words): [string, string[]][] {
  const reasons = new Map<string, string[]>();
  for (const { userId, error } of failures) {
    const reason = messageOf(error, words);
    reasons.set(reason, [...(reasons.get(reason) ?? []), userId]);
  }
  return [...reasons];
}

/** Sends an account's failed messages again. @returns how many. */
async function retryFailed(client: GatewayClient, userId: string): Promise<number> {
  const failed: string[] = [];
  for (let before: string | null | undefined; before !== null;) {
    const { failures, next } = await client.accounts.failures({ q: userId, limit: PAGE, before });
    // The search also finds accounts whose names begin like this one's.
    const own = failures.filter(({ user_id, can_retry }) => user_id === userId && can_retry);
    failed.push(...own.map(({ job_id }) => job_id));
    before = next;
  }
  // The earliest first, so that they keep their order.
  for (const jobId of failed.toReversed()) await client.retry(jobId);
  return failed.length;
}

function rowOf(account: AccountSummary, say: Words['say']) {
  const { user_id, state, reason, user_info: user, pending } = account;
  return [
    user_id,
    state,
    reason ?? '',
    nextActionOf(account, say) ?? '',
    nameOf(user),
    user?.username ?? '',
    user?.phone_number ?? '',
    pending.waiting,
    pending.delayed,
    pending.active,
  ];
}

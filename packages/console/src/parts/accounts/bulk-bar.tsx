import type { AccountQuery, AccountSummary, GatewayClient } from '@gateway/client';
import { useState } from 'preact/hooks';
import { useBulk, type BulkState } from '../../lib/bulk.ts';
import { csvOf } from '../../lib/csv.ts';
import { nameOf } from '../../lib/format.ts';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { saveFile } from '../../lib/save-file.ts';
import { ACCOUNTS_TEXTS as T } from '../../texts/accounts.ts';
import { ErrorNotice, messageOf, Notice } from '../notice.tsx';

/** Accounts of a page that is read for an export or a selection. */
const PAGE = 500;
/** Messages of an account that are looked at for a retry. */
const SENDS = 100;
/** Refusals that are shown. */
const SHOWN_FAILURES = 5;

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
  const bulk = useBulk();
  const [isRetry, setIsRetry] = useState(false);
  const run = async (act: (userId: string) => Promise<number>, retries = false) => {
    setIsRetry(retries);
    await bulk.run([...selected], act);
    onChanged();
  };
  const exportAll = useAction(async () => {
    const accounts = await allOf(client, filter);
    const chosen = selected.size === 0 ? accounts : accounts.filter(({ user_id }) => selected.has(user_id));
    saveFile(csvOf([T.csv, ...chosen.map(rowOf)]), 'accounts.csv');
  });
  const selectAll = useAction(async () =>
    onSelect((await allOf(client, filter)).map(({ user_id }) => user_id)),
  );
  const isRunning = bulk.state?.isRunning === true;
  const none = selected.size === 0 || isRunning;
  return (
    <div class="bulk">
      <div class="buttons">
        <span class="sub" role="status">
          {T.selected(selected.size)}
        </span>
        {selected.size < total && (
          <button type="button" class="small" disabled={selectAll.busy} onClick={() => void selectAll.run()}>
            {T.selectAll(total)}
          </button>
        )}
        {selected.size > 0 && (
          <button type="button" class="small" onClick={() => onSelect([])}>
            {T.clear}
          </button>
        )}
        <button
          type="button"
          class="small"
          disabled={none}
          onClick={() => void run(async (userId) => (await client.pause(userId), 1))}
        >
          {T.pause}
        </button>
        <button
          type="button"
          class="small"
          disabled={none}
          onClick={() => void run(async (userId) => (await client.resume(userId), 1))}
        >
          {T.resume}
        </button>
        <button
          type="button"
          class="small"
          disabled={none}
          onClick={() => void run((userId) => retryFailed(client, userId), true)}
        >
          {T.retry}
        </button>
        <button type="button" class="small" disabled={exportAll.busy} onClick={() => void exportAll.run()}>
          {T.export}
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
  return (
    <>
      {isRunning && (
        <div class="buttons">
          <progress max={all} value={done} aria-label={T.progress(done, all)} />
          <span>{T.progress(done, all)}</span>
          <button type="button" class="small" onClick={onStop}>
            {T.stop}
          </button>
        </div>
      )}
      {!isRunning && (
        <p role="status">
          {T.done(done - failures.length)} {isRetry && T.retried(sum)}
        </p>
      )}
      {failures.length > 0 && (
        <Notice tone="bad">
          <ul class="tries">
            {failures.slice(0, SHOWN_FAILURES).map(({ userId, error }) => (
              <li key={userId}>{T.failed(userId, messageOf(error))}</li>
            ))}
            {failures.length > SHOWN_FAILURES && <li>{T.moreFailed(failures.length - SHOWN_FAILURES)}</li>}
          </ul>
        </Notice>
      )}
    </>
  );
}

/** All accounts that match, on all pages. */
async function allOf(client: GatewayClient, filter: AccountQuery): Promise<AccountSummary[]> {
  const all: AccountSummary[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const { accounts, next } = await client.accounts.list({ ...filter, after, limit: PAGE });
    all.push(...accounts);
    after = next;
  }
  return all;
}

/** Sends an account's failed messages again. @returns how many. */
async function retryFailed(client: GatewayClient, userId: string): Promise<number> {
  const { ended } = await client.accounts.sends(userId, { limit: SENDS });
  // The earliest first, so that they keep their order.
  const failed = ended.filter(({ can_retry: canRetry }) => canRetry).toReversed();
  for (const { job_id } of failed) await client.retry(job_id);
  return failed.length;
}

function rowOf({ user_id, state, reason, next_action, user_info: user, pending }: AccountSummary) {
  return [
    user_id,
    state,
    reason ?? '',
    next_action ?? '',
    nameOf(user),
    user?.username ?? '',
    user?.phone_number ?? '',
    pending.waiting,
    pending.delayed,
    pending.active,
  ];
}

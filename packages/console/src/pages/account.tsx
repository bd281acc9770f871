import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { canSignIn, isSigningIn, isStopped } from '../lib/account-words.ts';
import { nameOf, plural } from '../lib/format.ts';
import { useGateway } from '../lib/gateway.ts';
import { useAction, useNow, useTitle, useWatched } from '../lib/hooks.ts';
import { Composer } from '../parts/composer.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { HistoryChart } from '../parts/history-chart.tsx';
import { Hold } from '../parts/hold.tsx';
import { ErrorNotice, Notice } from '../parts/notice.tsx';
import { PaceBudget } from '../parts/pace-budget.tsx';
import { PaceEditor } from '../parts/pace-editor.tsx';
import { ProxyEditor } from '../parts/proxy-editor.tsx';
import { SandboxPhone } from '../parts/sandbox-phone.tsx';
import { SendList } from '../parts/send-list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { nextActionOf, PROXY_TEXTS } from '../texts/account.ts';

/** Maximum number of messages shown per list. */
const LIMIT = 50;

/** The page of one account: its state, its pending messages and those that ended. */
export function AccountPage({ userId }: { userId: string }) {
  useTitle(userId);
  const { client, sandbox, config } = useGateway();
  const now = useNow();
  const { value, error, reload } = useWatched(
    (signal) => client.accounts.watch(userId, { limit: LIMIT, signal }),
    [client, userId],
  );
  if (value === null)
    return (
      <>
        <h1>{userId}</h1>
        <ErrorNotice error={error} />
        {error === null && <p aria-busy="true">Loading…</p>}
      </>
    );
  const { account, pending, ended } = value;
  const { user_info: user } = account;
  return (
    <>
      <div class="headline">
        <div>
          <h1>
            {userId} <StateBadge account={account} />
          </h1>
          <p class="sub">
            {[nameOf(user), user?.username && `@${user.username}`, user?.phone_number]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <Actions userId={userId} account={account} />
      </div>
      {error !== null && (
        <>
          <ErrorNotice error={error} />
          <Notice tone="bad">
            The data below may be out of date. <button onClick={reload}>Reload</button>
          </Notice>
        </>
      )}
      {nextActionOf(account) !== undefined && <Notice tone="wait">{nextActionOf(account)}</Notice>}
      {isSigningIn(account) && (
        <Notice tone="wait">
          A sign-in is in progress. <Link href={`/sign-in/${encodeURIComponent(userId)}`}>Continue</Link>
        </Notice>
      )}
      {canSignIn(account) && userId !== config.bot && (
        <Notice tone="info">
          {account.state === 'unreadable'
            ? 'The stored session cannot be read.'
            : 'This account is not signed in.'}{' '}
          <Link href={`/sign-in/${encodeURIComponent(userId)}`}>Sign it in</Link>
        </Notice>
      )}
      <div class="columns">
        <div class="column">
          {account.authorized && <Composer userId={userId} />}
          <SendList pending={pending} ended={ended} now={now} />
        </div>
        <div class="column side">
          <section class="card standing" aria-labelledby="standing">
            <h2 id="standing">Now</h2>
            <Hold account={account} now={now} />
            <dl class="facts">
              <dt>Sending</dt>
              <dd>{account.pending.active}</dd>
              <dt>Waiting</dt>
              <dd>{account.pending.waiting}</dd>
              <dt>Held or scheduled</dt>
              <dd>{account.pending.delayed}</dd>
              {account.chats_held !== undefined && (
                <>
                  <dt>Chats on hold</dt>
                  <dd>{account.chats_held}</dd>
                </>
              )}
              <dt>Pace</dt>
              <dd>
                <PaceBudget account={account} />
              </dd>
              <dt>{PROXY_TEXTS.proxy}</dt>
              <dd>{account.proxy ?? PROXY_TEXTS.none}</dd>
              {account.replies_only !== false && (
                <>
                  <dt>Writes only to people who wrote in the last</dt>
                  <dd>{plural(account.replies_only.within_hours, 'hour')}</dd>
                </>
              )}
              {account.pace?.mode === 'careful' && (
                <>
                  <dt>New chats left today</dt>
                  <dd>{account.pace.strangers_remaining}</dd>
                </>
              )}
            </dl>
            {account.authorized && <PaceEditor account={account} />}
            {account.authorized && <ProxyEditor account={account} />}
          </section>
          <HistoryChart userId={userId} />
          {sandbox !== null && user !== null && <SandboxPhone sandbox={sandbox} user={user} />}
        </div>
      </div>
    </>
  );
}

function Actions({
  userId,
  account,
}: {
  userId: string;
  account: Parameters<typeof isStopped>[0] & {
    authorized: boolean;
    pending: { waiting: number; delayed: number };
  };
}) {
  const { client, config } = useGateway();
  const [, go] = useLocation();
  const [asks, setAsks] = useState(false);
  const pause = useAction(async () => void (await client.pause(userId)));
  const resume = useAction(async () => void (await client.resume(userId)));
  const leave = useAction(async () => {
    await client.disconnect(userId);
    go('/');
  });
  const queued = account.pending.waiting + account.pending.delayed;
  return (
    <div>
      <div class="buttons">
        {account.authorized && userId !== config.bot && (
          <Link href={`/accounts/${encodeURIComponent(userId)}/chats`} class="button">
            Chats
          </Link>
        )}
        {account.authorized && !isStopped(account) && (
          <button type="button" disabled={pause.busy} onClick={() => void pause.run()}>
            Pause
          </button>
        )}
        {(account.authorized || account.state === 'unreadable') && isStopped(account) && (
          <button type="button" class="primary" disabled={resume.busy} onClick={() => void resume.run()}>
            Resume
          </button>
        )}
        <button type="button" class="danger" onClick={() => setAsks(true)}>
          Disconnect…
        </button>
      </div>
      <ErrorNotice error={pause.error ?? resume.error ?? leave.error} />
      {asks && (
        <ConfirmDialog
          title={`Disconnect ${userId}?`}
          confirm={`Log out ${userId}`}
          onConfirm={leave.run}
          onClose={() => setAsks(false)}
        >
          <p>
            The gateway logs out at Telegram and forgets the account. To send from it again you have to sign
            it in again.
          </p>
          {queued > 0 && <p>{plural(queued, 'message')} that wait will fail.</p>}
        </ConfirmDialog>
      )}
    </div>
  );
}

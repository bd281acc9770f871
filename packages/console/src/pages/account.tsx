import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { canSignIn, isSigningIn, isStopped, nextActionOf } from '../lib/accounts/account-words.ts';
import { nameOf } from '../lib/format.ts';
import { useGateway } from '../lib/gateway.ts';
import { useAction, useNow, useTitle, useWatched } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { AccountStanding } from '../parts/account-standing.tsx';
import { Composer } from '../parts/composer.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { HistoryChart } from '../parts/history-chart.tsx';
import { ErrorNotice, Notice } from '../parts/notice.tsx';
import { SandboxPhone } from '../parts/sandbox-phone.tsx';
import { SendList } from '../parts/send-list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';

/** Maximum number of messages shown per list. */
const LIMIT = 50;

/** The page of one account: its state, its pending messages and those that ended. */
export function AccountPage({ userId }: { userId: string }) {
  useTitle(userId);
  const { client, sandbox, config } = useGateway();
  const { t, say } = useWords();
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
        {error === null && <p aria-busy="true">{t('Loading…')}</p>}
      </>
    );
  const { account, pending, ended } = value;
  const { user_info: user } = account;
  const nextAction = nextActionOf(account, say);
  const mayBeSignedIn = canSignIn(account) && userId !== config.bot;
  return (
    <>
      <div class="headline">
        <div>
          <h1>
            {userId} <StateBadge account={account} />
          </h1>
          <p class="sub person">
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
            {t('The data below may be out of date.')} <button onClick={reload}>{t('Reload')}</button>
          </Notice>
        </>
      )}
      {nextAction !== null && !(mayBeSignedIn && account.state === 'revoked') && (
        <Notice tone="wait">{nextAction}</Notice>
      )}
      {isSigningIn(account) && (
        <Notice tone="wait">
          {t('A sign-in is in progress.')}{' '}
          <Link href={`/sign-in/${encodeURIComponent(userId)}`}>{t('Continue')}</Link>
        </Notice>
      )}
      {mayBeSignedIn && (
        <Notice tone="info">
          {account.state === 'unreadable'
            ? t('The stored session cannot be read.')
            : t('This account is not signed in.')}{' '}
          <Link href={`/sign-in/${encodeURIComponent(userId)}`}>{t('Sign it in')}</Link>
        </Notice>
      )}
      <div class="columns">
        <div class="column">
          {account.authorized && <Composer userId={userId} />}
          <SendList pending={pending} ended={ended} now={now} />
        </div>
        <div class="column side">
          <AccountStanding account={account} now={now} />
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
  const { t } = useWords();
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
            {t('Chats')}
          </Link>
        )}
        {account.authorized && !isStopped(account) && (
          <button type="button" disabled={pause.busy} onClick={() => void pause.run()}>
            {t('Pause')}
          </button>
        )}
        {(account.authorized || account.state === 'unreadable') && isStopped(account) && (
          <button type="button" class="primary" disabled={resume.busy} onClick={() => void resume.run()}>
            {t('Resume')}
          </button>
        )}
        {account.state !== 'none' && (
          <button type="button" class="danger" onClick={() => setAsks(true)}>
            {t('Disconnect…')}
          </button>
        )}
      </div>
      <ErrorNotice error={pause.error ?? resume.error ?? leave.error} />
      {asks && (
        <ConfirmDialog
          title={t('Disconnect {account}?', { account: userId })}
          confirm={t('Log out {account}', { account: userId })}
          onConfirm={leave.run}
          onClose={() => setAsks(false)}
        >
          <p>
            {t(
              'The gateway logs out at Telegram and forgets the account. To send from it again you have to sign it in again.',
            )}
          </p>
          {queued > 0 && (
            <p>
              {t(
                '{count, plural, one {# message that waits} other {# messages that wait}} will not be sent.',
                {
                  count: queued,
                },
              )}
            </p>
          )}
        </ConfirmDialog>
      )}
    </div>
  );
}

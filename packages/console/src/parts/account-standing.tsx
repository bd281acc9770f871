import type { AccountSummary } from '@gateway/client';
import type { ComponentChildren } from 'preact';
import { useWords } from '../lib/words.ts';
import { Hold } from './hold.tsx';
import { PaceBudget } from './pace-budget.tsx';
import { PaceEditor } from './pace-editor.tsx';
import { ProxyEditor } from './proxy-editor.tsx';

/** What an account does now: its hold, its queue and its pace. */
export function AccountStanding({ account, now }: { account: AccountSummary; now: number }) {
  const { t, number } = useWords();
  const { pending, pace, chats_held: chats, replies_only: replies } = account;
  return (
    <section class="card standing" aria-labelledby="standing">
      <h2 id="standing">{t('Now')}</h2>
      <Hold account={account} now={now} />
      <dl class="facts">
        <Fact name={t('Sending')}>{number(pending.active)}</Fact>
        <Fact name={t('Waiting')}>{number(pending.waiting)}</Fact>
        <Fact name={t('Held or scheduled')}>{number(pending.delayed)}</Fact>
        {chats !== undefined && <Fact name={t('Chats on hold')}>{number(chats)}</Fact>}
        <Fact name={t('Pace')}>
          <PaceBudget account={account} />
        </Fact>
        <Fact name={t('Proxy')}>{account.proxy ?? t('That of the gateway, if it has one')}</Fact>
        {replies !== false && (
          <Fact name={t('Writes only to people who wrote in the last')}>
            {t('{count, plural, one {# hour} other {# hours}}', { count: replies.within_hours })}
          </Fact>
        )}
        {pace?.mode === 'careful' && (
          <Fact name={t('New chats left today')}>{number(pace.strangers_remaining)}</Fact>
        )}
      </dl>
      {account.authorized && <PaceEditor account={account} />}
      {account.authorized && <ProxyEditor account={account} />}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

import type { WebhookTest, WebhookView } from '@gateway/client';
import { useState } from 'preact/hooks';
import { accountsInWords } from '../../lib/accounts/named.ts';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { useWords } from '../../lib/words.ts';
import { EVENT_LABELS, WEBHOOK_STATES } from '../../texts/webhooks.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { ErrorNotice, Notice } from '../notice.tsx';

interface WebhookItemProps {
  webhook: WebhookView;
  now: number;
  /** Called after a change of the webhook. */
  onChanged: () => void;
}

/** A webhook of the list: how far it is, and what can be done with it. */
export function WebhookItem({ webhook, now, onChanged }: WebhookItemProps) {
  const { webhook_id: id, url, user_ids, events, filter, state, lag, last_error, created_at } = webhook;
  const { client } = useGateway();
  const words = useWords();
  const { t, say, clock, number } = words;
  const [asks, setAsks] = useState(false);
  const [tested, setTested] = useState<WebhookTest | null>(null);
  const test = useAction(async () => {
    setTested(null);
    setTested(await client.webhooks.test(id));
  });
  const turn = useAction(async () => {
    await (state === 'active' ? client.webhooks.pause(id) : client.webhooks.resume(id));
    onChanged();
  });
  const remove = useAction(async () => {
    await client.webhooks.delete(id);
    onChanged();
  });
  const { label, tone } = WEBHOOK_STATES[state];
  const about = [
    user_ids === null ? t('All accounts') : accountsInWords(user_ids, words),
    events.map((event) => say(EVENT_LABELS[event])).join(', '),
    ...(Object.keys(filter).length > 0 ? [t('filtered')] : []),
  ];
  return (
    <li class="send" data-webhook={id} data-state={state}>
      <div class="send-head">
        <span class={`badge ${tone}`}>{say(label)}</span>
        <strong class="to">{url}</strong>
        <time class="sub" dateTime={created_at}>
          {t('since {time}', { time: clock(created_at, now) })}
        </time>
      </div>
      <p class="sub">{about.join(' · ')}</p>
      <p class={lag > 0 ? 'why wait' : 'sub'}>
        {lag > 0
          ? t('{count, plural, one {# event} other {# events}} not delivered yet', { count: lag })
          : t('Nothing waits.')}
      </p>
      {last_error !== null && (
        <p class={lag > 0 ? 'why bad' : 'sub'}>
          {t('Last failure, {time}: {message}', {
            time: clock(last_error.at, now),
            message: last_error.message,
          })}{' '}
          <code class="code">{last_error.event_id}</code>
        </p>
      )}
      <div class="send-foot">
        <button type="button" class="small" disabled={test.busy} onClick={() => void test.run()}>
          {t('Send a test')}
        </button>
        <button type="button" class="small" disabled={turn.busy} onClick={() => void turn.run()}>
          {state === 'active' ? t('Pause') : t('Resume')}
        </button>
        <button type="button" class="small danger" onClick={() => setAsks(true)}>
          {t('Delete…')}
        </button>
        <code class="job-id">{id}</code>
      </div>
      {tested !== null && (
        <Notice tone={tested.delivered ? 'good' : 'bad'}>
          {tested.delivered
            ? t('The receiver answered {status} after {ms} ms.', {
                status: tested.http_status ?? '',
                ms: number(tested.ms),
              })
            : t('The test was not delivered: {error}', { error: tested.error ?? t('no answer') })}
        </Notice>
      )}
      <ErrorNotice error={test.error ?? turn.error ?? remove.error} />
      {asks && (
        <ConfirmDialog
          title={t('Delete this webhook?')}
          confirm={t('Delete it')}
          onConfirm={remove.run}
          onClose={() => setAsks(false)}
        >
          <p>{t('Nothing more is posted to this address. Its secret is forgotten.')}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

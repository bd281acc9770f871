import type { WebhookTest, WebhookView } from '@gateway/client';
import { useState } from 'preact/hooks';
import { clock } from '../../lib/format.ts';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { EVENT_LABELS, WEBHOOK_STATES, WEBHOOK_TEXTS as T } from '../../texts/webhooks.ts';
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
    user_ids === null ? T.allAccounts : user_ids.join(', '),
    events.map((event) => EVENT_LABELS[event]).join(', '),
    ...(Object.keys(filter).length > 0 ? [T.filtered] : []),
  ];
  return (
    <li class="send" data-webhook={id} data-state={state}>
      <div class="send-head">
        <span class={`badge ${tone}`}>{label}</span>
        <strong class="to">{url}</strong>
        <time class="sub" dateTime={created_at}>
          {T.since(clock(created_at, now))}
        </time>
      </div>
      <p class="sub">{about.join(' · ')}</p>
      <p class={lag > 0 ? 'why wait' : 'sub'}>{lag > 0 ? T.behind(lag) : T.upToDate}</p>
      {last_error !== null && (
        <p class={lag > 0 ? 'why bad' : 'sub'}>
          {T.lastError(clock(last_error.at, now), last_error.message)}{' '}
          <code class="code">{last_error.event_id}</code>
        </p>
      )}
      <div class="send-foot">
        <button type="button" class="small" disabled={test.busy} onClick={() => void test.run()}>
          {T.test}
        </button>
        <button type="button" class="small" disabled={turn.busy} onClick={() => void turn.run()}>
          {state === 'active' ? T.pause : T.resume}
        </button>
        <button type="button" class="small danger" onClick={() => setAsks(true)}>
          {T.delete}
        </button>
        <code class="job-id">{id}</code>
      </div>
      {tested !== null && (
        <Notice tone={tested.delivered ? 'good' : 'bad'}>
          {tested.delivered ? T.tested(tested.ms, tested.http_status) : T.testFailed(tested.error)}
        </Notice>
      )}
      <ErrorNotice error={test.error ?? turn.error ?? remove.error} />
      {asks && (
        <ConfirmDialog
          title={T.deleteTitle}
          confirm={T.deleteIt}
          onConfirm={remove.run}
          onClose={() => setAsks(false)}
        >
          <p>{T.deleteText}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

import type { CreatedWebhook } from '@gateway/client';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { ErrorNotice } from '../parts/notice.tsx';
import { CreateWebhook } from '../parts/webhooks/create-webhook.tsx';
import { NewSecret } from '../parts/webhooks/new-secret.tsx';
import { WebhookItem } from '../parts/webhooks/webhook-item.tsx';

const EVERY_MS = 3_000;

/** The page of the webhooks: creates them, and shows how far each is. */
export function WebhooksPage() {
  const { t } = useWords();
  useTitle(t('Webhooks'));
  const { client } = useGateway();
  const now = useNow();
  const [isCreating, setIsCreating] = useState(false);
  const [created, setCreated] = useState<CreatedWebhook | null>(null);
  const { value, error, reload } = usePolled((signal) => client.webhooks.list({ signal }), EVERY_MS, [
    client,
  ]);
  const webhooks = value?.webhooks.toReversed();
  return (
    <>
      <div class="headline">
        <div>
          <h1>{t('Webhooks')}</h1>
          <p class="sub">
            {t('The gateway posts events to these addresses: in order for each account, and signed.')}
          </p>
        </div>
        <div class="buttons">
          <Link href="/webhooks/deliveries" class="button">
            {t('Deliveries of jobs')}
          </Link>
          <button
            type="button"
            class={isCreating ? '' : 'primary'}
            aria-expanded={isCreating}
            onClick={() => setIsCreating(!isCreating)}
          >
            {isCreating ? t('Close') : t('New webhook')}
          </button>
        </div>
      </div>
      {created !== null && <NewSecret webhook={created} onDone={() => setCreated(null)} />}
      {isCreating && (
        <CreateWebhook
          onCreated={(webhook) => {
            setCreated(webhook);
            setIsCreating(false);
            reload();
          }}
        />
      )}
      <ErrorNotice error={error} />
      {webhooks === undefined && error === null && <p aria-busy="true">{t('Loading…')}</p>}
      {webhooks?.length === 0 && <p class="empty">{t('There are no webhooks yet.')}</p>}
      {webhooks !== undefined && webhooks.length > 0 && (
        <div class="card">
          <ul class="sends" aria-label={t('Webhooks')}>
            {webhooks.map((webhook) => (
              <WebhookItem key={webhook.webhook_id} webhook={webhook} now={now} onChanged={reload} />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

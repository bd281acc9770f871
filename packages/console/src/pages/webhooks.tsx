import type { CreatedWebhook } from '@gateway/client';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { useNow, usePolled, useTitle } from '../lib/hooks.ts';
import { ErrorNotice } from '../parts/notice.tsx';
import { CreateWebhook } from '../parts/webhooks/create-webhook.tsx';
import { NewSecret } from '../parts/webhooks/new-secret.tsx';
import { WebhookItem } from '../parts/webhooks/webhook-item.tsx';
import { WEBHOOK_TEXTS as T } from '../texts/webhooks.ts';

const EVERY_MS = 3_000;

/** The page of the webhooks: creates them, and shows how far each is. */
export function WebhooksPage() {
  useTitle(T.title);
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
          <h1>{T.title}</h1>
          <p class="sub">{T.intro}</p>
        </div>
        <div class="buttons">
          <Link href="/webhooks/deliveries" class="button">
            {T.toDeliveries}
          </Link>
          <button
            type="button"
            class={isCreating ? '' : 'primary'}
            aria-expanded={isCreating}
            onClick={() => setIsCreating(!isCreating)}
          >
            {isCreating ? T.close : T.add}
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
      {webhooks === undefined && error === null && <p aria-busy="true">Loading…</p>}
      {webhooks?.length === 0 && <p class="empty">{T.none}</p>}
      {webhooks !== undefined && webhooks.length > 0 && (
        <div class="card">
          <ul class="sends" aria-label={T.title}>
            {webhooks.map((webhook) => (
              <WebhookItem key={webhook.webhook_id} webhook={webhook} now={now} onChanged={reload} />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

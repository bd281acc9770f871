import { queryOf } from './query.ts';
import { ifNotStarted, repeatable } from './retry.ts';
import type { Call, Transport } from './transport.ts';
import type { CallOptions } from './types.ts';
import type {
  CreatedWebhook,
  Delivery,
  DeliveryPage,
  NewWebhook,
  Webhook,
  WebhookList,
  WebhookTest,
} from './webhook-types.ts';

export interface DeliveryQuery extends CallOptions {
  state?: Delivery['state'] | undefined;
  /** 1 to 100; 20 by default. */
  limit?: number | undefined;
  /** `cursor` of the previous page. */
  cursor?: string | undefined;
}

/** Webhooks: addresses to which the gateway posts the events of accounts; and the log of those for `callback_url`s. */
export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Creates a webhook. Only this answer has its secret. Not repeated after a lost answer: it would create two. */
  create(webhook: NewWebhook, { signal }: CallOptions = {}): Promise<CreatedWebhook> {
    const call: Call = { method: 'POST', path: '/webhooks', body: webhook, retry: ifNotStarted, signal };
    return this.#transport.json(call);
  }

  /** The webhooks whose accounts the API key may all use, the oldest first. */
  async list({ signal }: CallOptions = {}): Promise<WebhookList> {
    return this.#transport.json({ method: 'GET', path: '/webhooks', retry: repeatable, signal });
  }

  read(webhookId: string, { signal }: CallOptions = {}): Promise<Webhook> {
    return this.#transport.json({ method: 'GET', path: pathOf(webhookId), retry: repeatable, signal });
  }

  delete(webhookId: string, { signal }: CallOptions = {}): Promise<{ status: 'ok'; webhook_id: string }> {
    return this.#transport.json({ method: 'DELETE', path: pathOf(webhookId), retry: ifNotStarted, signal });
  }

  /** Posts a test event, and tells what became of it. */
  test(webhookId: string, options: CallOptions = {}): Promise<WebhookTest> {
    return this.#transport.json(change(webhookId, 'test', options));
  }

  /** Posts nothing more until {@link resume}. Events wait as long as the gateway keeps them. */
  pause(webhookId: string, options: CallOptions = {}): Promise<Webhook> {
    return this.#transport.json(change(webhookId, 'pause', options));
  }

  /** Goes on with the event after the last that the receiver took. */
  resume(webhookId: string, options: CallOptions = {}): Promise<Webhook> {
    return this.#transport.json(change(webhookId, 'resume', options));
  }

  /** What was posted to the `callback_url`s of an account's jobs, and of its states; the latest first. */
  deliveries(userId: string, { signal, ...query }: DeliveryQuery = {}): Promise<DeliveryPage> {
    const path = `/webhooks/deliveries${queryOf({ user_id: userId, ...query })}`;
    return this.#transport.json({ method: 'GET', path, retry: repeatable, signal });
  }

  /** Posts a delivery again at once. */
  replay(deliveryId: string, { signal }: CallOptions = {}): Promise<Delivery & { status: 'ok' }> {
    const path = `/webhooks/deliveries/${encodeURIComponent(deliveryId)}/replay`;
    return this.#transport.json({ method: 'POST', path, retry: ifNotStarted, signal });
  }
}

function change(webhookId: string, name: string, { signal }: CallOptions): Call {
  return { method: 'POST', path: `${pathOf(webhookId)}/${name}`, retry: repeatable, signal };
}

function pathOf(webhookId: string): string {
  return `/webhooks/${encodeURIComponent(webhookId)}`;
}

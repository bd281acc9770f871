import type { EventFilter, EventType, WebhookDelivery, WebhookView } from '@gateway/contracts';

export interface NewWebhook {
  url: string;
  /** Signs deliveries; 16 characters or more are best. Default: the gateway generates one. */
  secret?: string | undefined;
  /** Default: all accounts that the API key may use. */
  user_ids?: readonly string[] | undefined;
  events: readonly EventType[];
  filter?: EventFilter | undefined;
}

export type Webhook = WebhookView & { status: 'ok' };
export type CreatedWebhook = Webhook & { secret: string };

export interface WebhookList {
  status: 'ok';
  webhooks: WebhookView[];
}

/** What became of a test delivery. */
export interface WebhookTest {
  status: 'ok';
  delivered: boolean;
  /** `null`: no answer. */
  http_status: number | null;
  error: string | null;
  ms: number;
}

/** A webhook that was posted to the `callback_url` of a job, or for a state of an account. */
export type Delivery = WebhookDelivery;

export interface DeliveryPage {
  status: 'ok';
  /** The latest first. */
  deliveries: Delivery[];
  /** For the next page; `null` on the last page. */
  cursor: string | null;
}

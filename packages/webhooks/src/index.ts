export { createFetcher, FetchError, type Fetched, type Fetcher } from './fetch.ts';
export { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from './sender.ts';

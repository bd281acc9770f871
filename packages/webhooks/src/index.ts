export { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from './sender.ts';

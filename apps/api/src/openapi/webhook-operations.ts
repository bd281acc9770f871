import {
  webhookCreatedResponseSchema,
  webhookDeletedResponseSchema,
  webhookDeliverySchema,
  webhookListResponseSchema,
  webhookRequestSchema,
  webhookResponseSchema,
  webhookTestResponseSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { BODY, GUARDED } from './error-groups.ts';
import type { Operation } from './operation.ts';

const deliverySchema = webhookDeliverySchema
  .extend({ status: z.literal('ok') })
  .meta({ id: 'WebhookDeliveryAnswer' });

const OF_ONE = [...GUARDED, 'WEBHOOK_NOT_FOUND'] as const;

export const WEBHOOK_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/webhooks',
    id: 'createWebhook',
    tag: 'Webhooks',
    summary: 'Create a webhook',
    description:
      'Posts each later event as it is, in the order of each account, at least once. `X-Webhook-Id` is the same for each try. `X-Signature-V2: t=<seconds>,sha256=<hex>` is the HMAC-SHA256 of `<seconds>.<body>` under the secret. A failed delivery is tried again for a day, then the webhook is paused; after a 410 at once.',
    request: {
      schema: webhookRequestSchema,
      examples: {
        'new messages': { url: 'https://example.com/hook', events: ['message.new'] },
        'of one account, without groups': {
          url: 'https://example.com/hook',
          secret: 'a secret of my own',
          user_ids: ['alice'],
          events: ['message.new', 'message.edited', 'message.deleted'],
          filter: { chat_types: ['private'], direction: 'in' },
        },
      },
    },
    answers: {
      201: { description: 'Created, with its secret.', schema: webhookCreatedResponseSchema },
    },
    errors: BODY,
  },
  {
    method: 'get',
    path: '/webhooks',
    id: 'listWebhookSubscriptions',
    tag: 'Webhooks',
    summary: 'List webhooks',
    description:
      'Those whose accounts the key may all use. One that SESSION_ENCRYPTION_KEY cannot read is `paused`, and other calls for it answer `INTERNAL`: delete it.',
    answers: { 200: { description: 'The webhooks.', schema: webhookListResponseSchema } },
    errors: GUARDED,
  },
  {
    method: 'get',
    path: '/webhooks/{webhook_id}',
    id: 'readWebhookSubscription',
    tag: 'Webhooks',
    summary: 'Read a webhook',
    description: 'With its lag and its latest failed delivery.',
    parameters: ['WebhookId'],
    answers: { 200: { description: 'The webhook.', schema: webhookResponseSchema } },
    errors: OF_ONE,
  },
  {
    method: 'delete',
    path: '/webhooks/{webhook_id}',
    id: 'deleteWebhook',
    tag: 'Webhooks',
    summary: 'Delete a webhook',
    description: 'A delivery in progress is finished.',
    parameters: ['WebhookId'],
    answers: { 200: { description: 'Deleted.', schema: webhookDeletedResponseSchema } },
    errors: OF_ONE,
  },
  {
    method: 'post',
    path: '/webhooks/{webhook_id}/test',
    id: 'testWebhook',
    tag: 'Webhooks',
    summary: 'Post a test event',
    description: 'Posts `{"event_id":"test:…","type":"webhook.test","seq":null}` once.',
    parameters: ['WebhookId'],
    answers: { 200: { description: 'What became of it.', schema: webhookTestResponseSchema } },
    errors: OF_ONE,
  },
  {
    method: 'post',
    path: '/webhooks/{webhook_id}/pause',
    id: 'pauseWebhook',
    tag: 'Webhooks',
    summary: 'Pause a webhook',
    description: 'Events wait as long as they are kept.',
    parameters: ['WebhookId'],
    answers: { 200: { description: 'Paused.', schema: webhookResponseSchema } },
    errors: OF_ONE,
  },
  {
    method: 'post',
    path: '/webhooks/{webhook_id}/resume',
    id: 'resumeWebhook',
    tag: 'Webhooks',
    summary: 'Resume a webhook',
    description:
      'From the event after the last delivered. If that is no longer kept, `updates.gap` with the reason `events_gone` comes first.',
    parameters: ['WebhookId'],
    answers: { 200: { description: 'Active.', schema: webhookResponseSchema } },
    errors: OF_ONE,
  },
  {
    method: 'get',
    path: '/webhooks/deliveries',
    id: 'listWebhooks',
    tag: 'Webhooks',
    summary: 'List deliveries of job webhooks',
    description:
      'Posts to `callback_url` and EVENTS_CALLBACK_URL: of `user_id`, the newest first, or the one of `job_id`. Passwords and query values of addresses are hidden.',
    parameters: ['UserIdQuery', 'JobIdQuery', 'DeliveryState', 'Limit', 'Cursor'],
    answers: {
      200: {
        description: 'A page of them; `cursor` is that of the next, if any.',
        schema: z.strictObject({
          status: z.literal('ok'),
          deliveries: z.array(webhookDeliverySchema),
          cursor: z.string().nullable(),
        }),
      },
    },
    errors: [...GUARDED, 'VALIDATION'],
  },
  {
    method: 'get',
    path: '/webhooks/deliveries/{id}',
    id: 'readWebhook',
    tag: 'Webhooks',
    summary: 'Read a delivery',
    description: 'With its latest tries.',
    parameters: ['DeliveryId'],
    answers: { 200: { description: 'The delivery.', schema: deliverySchema } },
    errors: [...GUARDED, 'NOT_FOUND'],
  },
  {
    method: 'post',
    path: '/webhooks/deliveries/{id}/replay',
    id: 'replayWebhook',
    tag: 'Webhooks',
    summary: 'Repeat a delivery',
    description: 'The same bytes, at once, whatever its state.',
    parameters: ['DeliveryId'],
    answers: { 202: { description: 'It is on its way.', schema: deliverySchema } },
    errors: [...GUARDED, 'NOT_FOUND'],
  },
];

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
    summary: 'Have events posted to an address',
    description:
      'Posts each event as it is, in the order of each account, at least once, beginning with events after now. `X-Webhook-Id` is the same for each try. `X-Signature-V2: t=<seconds>,sha256=<hex>` is the HMAC-SHA256 of the time, a dot and the body under the secret. A failed delivery is tried again for a day, then the webhook is paused; after a 410 at once.',
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
    summary: 'The webhooks',
    description:
      'Those whose accounts the key may all use. One that cannot be read with this SESSION_ENCRYPTION_KEY is `paused`, with the reason in `last_error`; delete it and create it anew.',
    answers: { 200: { description: 'The webhooks.', schema: webhookListResponseSchema } },
    errors: GUARDED,
  },
  {
    method: 'get',
    path: '/webhooks/{webhook_id}',
    id: 'readWebhookSubscription',
    tag: 'Webhooks',
    summary: 'One webhook',
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
    description: 'Nothing more is posted, except for a delivery in progress.',
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
    description:
      'Posts `{"event_id":"test:…","type":"webhook.test","seq":null}` once, and answers what became of it. `INTERNAL` if this SESSION_ENCRYPTION_KEY cannot read the webhook.',
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
    description:
      'Events wait for it as long as they are kept. `INTERNAL` if this SESSION_ENCRYPTION_KEY cannot read the webhook.',
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
      'It goes on with the event after the last that it took. If that is no longer kept, `updates.gap` with the reason `events_gone` comes first. `INTERNAL` if this SESSION_ENCRYPTION_KEY cannot read the webhook.',
    parameters: ['WebhookId'],
    answers: { 200: { description: 'Active.', schema: webhookResponseSchema } },
    errors: OF_ONE,
  },
  {
    method: 'get',
    path: '/webhooks/deliveries',
    id: 'listWebhooks',
    tag: 'Webhooks',
    summary: 'The log of webhooks',
    description:
      "An account's, newest first, or the one of a job: what was delivered, or not and why. Passwords and query values of addresses are hidden.",
    parameters: ['UserIdQuery', 'JobIdQuery', 'DeliveryState', 'Limit', 'Cursor'],
    answers: {
      200: {
        description: 'The deliveries; `cursor` asks for the next page, `null`: there is none.',
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
    summary: 'One webhook',
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
    summary: 'Deliver a webhook anew',
    description: 'The same bytes, at once, whether it was delivered, has failed, or waits for its next try.',
    parameters: ['DeliveryId'],
    answers: { 202: { description: 'It is on its way.', schema: deliverySchema } },
    errors: [...GUARDED, 'NOT_FOUND'],
  },
];

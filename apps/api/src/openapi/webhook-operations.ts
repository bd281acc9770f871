import { webhookDeliverySchema } from '@gateway/contracts';
import * as z from 'zod';
import { GUARDED } from './error-groups.ts';
import type { Operation } from './operation.ts';

const deliverySchema = webhookDeliverySchema.extend({ status: z.literal('ok') });

export const WEBHOOK_OPERATIONS: readonly Operation[] = [
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

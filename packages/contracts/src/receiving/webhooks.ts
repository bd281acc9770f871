import * as z from 'zod';
import { messageFields } from '../message-fields.ts';
import { userIdSchema } from '../recipients/user-id.ts';
import { requestBody } from '../request-body.ts';
import { EVENT_TYPES } from './events.ts';
import { eventFilterSchema, shownFilterSchema } from './filter.ts';

/** Most accounts that one webhook may name. */
const MAX_ACCOUNTS = 10_000;

const eventType = z
  .enum(EVENT_TYPES, {
    error: ({ input }) =>
      input === 'chat.typing'
        ? 'must be an event of the sequence: chat.typing is told to open streams only'
        : `must be one of ${EVENT_TYPES.join(', ')}`,
  })
  .meta({ id: 'EventType' });

/** Body of `POST /webhooks`. */
export const webhookRequestSchema = requestBody({
  url: messageFields.callback_url,
  secret: z
    .string()
    .min(1, 'must not be empty')
    .max(200, 'must be at most 200 characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed UTF-16: it holds half a surrogate pair')
    .optional()
    .describe('Signs each delivery; best 16 characters or more. By default generated'),
  user_ids: z
    .array(userIdSchema)
    .min(1, 'must name at least one account')
    .max(MAX_ACCOUNTS, `must name at most ${MAX_ACCOUNTS} accounts`)
    .optional()
    .describe('Absent: those that a limited key may use now, else all accounts, later ones too'),
  events: z.array(eventType).min(1, 'must name at least one type').max(EVENT_TYPES.length),
  filter: eventFilterSchema.optional().describe('Only events that pass are delivered'),
});
export type WebhookRequest = z.output<typeof webhookRequestSchema>;

const lastErrorSchema = z
  .object({
    at: z.iso.datetime(),
    event_id: z
      .string()
      .nullable()
      .describe('The event that was not delivered; null if the webhook cannot be read'),
    status: z.int().nullable().describe('HTTP status; null if the receiver did not answer'),
    message: z.string(),
  })
  .meta({ id: 'WebhookError' });
export type WebhookError = z.infer<typeof lastErrorSchema>;

/** A webhook as the API shows it. */
const webhookSchema = z
  .object({
    webhook_id: z.string(),
    url: z
      .string()
      .describe(
        'Without password and query values, except in the answer to its creation; empty if it cannot be read',
      ),
    user_ids: z.array(userIdSchema).nullable().describe('null: all accounts'),
    events: z.array(eventType),
    filter: shownFilterSchema,
    state: z
      .enum(['active', 'paused'])
      .describe('`paused`: by a caller, a day of failed deliveries or a 410, or because it cannot be read'),
    lag: z.int().nonnegative().describe('Events not yet delivered'),
    last_error: lastErrorSchema
      .nullable()
      .describe('The latest failed delivery; or that the webhook cannot be read'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Webhook' });
export type WebhookView = z.infer<typeof webhookSchema>;

export const webhookResponseSchema = webhookSchema
  .extend({ status: z.literal('ok') })
  .meta({ id: 'WebhookAnswer' });

export const webhookCreatedResponseSchema = webhookResponseSchema.extend({
  secret: z.string().describe('Shown only here'),
});

export const webhookListResponseSchema = z.object({
  status: z.literal('ok'),
  webhooks: z.array(webhookSchema).describe('The oldest first'),
});

export const webhookDeletedResponseSchema = z.object({ status: z.literal('ok'), webhook_id: z.string() });

/** What became of a test delivery. */
export const webhookTestResponseSchema = z.object({
  status: z.literal('ok'),
  delivered: z.boolean().describe('The receiver answered 2xx'),
  http_status: z.int().nullable().describe('null: no answer'),
  error: z.string().nullable(),
  ms: z.int().nonnegative(),
});

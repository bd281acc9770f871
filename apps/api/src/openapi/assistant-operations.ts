import { errorResponseSchema, messageStreamRequestSchema } from '@gateway/contracts';
import * as z from 'zod';
import { ACCOUNT, BODY } from './error-groups.ts';
import type { Operation } from './operation.ts';

/** The data of each event; one schema per event name. */
const eventSchema = z.union([
  z.strictObject({ text: z.string() }).meta({ id: 'AssistantDelta' }),
  z
    .strictObject({
      role: z.literal('assistant'),
      content: z.string(),
      /** Absent if the caller supplied the reply. */
      finish_reason: z.enum(['stop', 'length', 'content_filter']).optional(),
      replaced_characters: z.int().optional().describe('Halves of surrogate pairs that became U+FFFD'),
    })
    .meta({ id: 'AssistantMessage' }),
  z.looseObject({ state: z.string(), job_id: z.string().optional() }).meta({ id: 'ReplyProgress' }),
  errorResponseSchema,
  z.strictObject({ request_id: z.string() }).meta({ id: 'StreamDone' }),
]);

export const ASSISTANT_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/message_stream',
    id: 'streamMessage',
    tag: 'Assistant',
    summary: "Stream an assistant's reply, and send it",
    description:
      "Server-sent events: `delta` as the assistant writes, `message` with the whole reply, with `send_to_telegram` then `telegram` as it is queued and as it ends, and `done`; or `error`. A last message of `role: assistant` is streamed and sent as it is. Unknown fields go to the assistant. A reply whose `finish_reason` is not `stop` is sent only with `send_if_cut`; else `telegram` has the state `failed` and code `ASSISTANT_INCOMPLETE`. A model's marked thoughts are left out. After a hang-up only a whole reply is sent, once.",
    parameters: ['IdempotencyKey'],
    request: {
      schema: messageStreamRequestSchema,
      examples: {
        'a reply that is sent': {
          user_id: 'alice',
          send_to_telegram: true,
          send_as_user: true,
          recipient_id: '987654321',
          messages: [{ role: 'user', content: 'Thank Bob for the cake.' }],
        },
      },
    },
    answers: { 200: { description: 'The events.', eventStream: eventSchema } },
    errors: [
      ...BODY,
      ...ACCOUNT,
      'IDEMPOTENCY_MISMATCH',
      'NOT_A_REPLY',
      'RECEIVING_OFF',
      'ASSISTANT_NOT_CONFIGURED',
      'ASSISTANT_FORBIDDEN',
      'BOT_NOT_CONFIGURED',
    ],
  },
];

import {
  ACTION_NAMES,
  ACTIONS,
  actionOf,
  batchItemSchema,
  MAX_BATCH,
  pathOf,
  type AnyAction,
} from '@gateway/actions';
import {
  batchResponseSchema,
  endedResponseSchema,
  queuedResponseSchema,
  requestBody,
  type ErrorCode,
} from '@gateway/contracts';
import * as z from 'zod';
import { ACCOUNT, BODY, BY_WORKER } from './error-groups.ts';
import type { Operation } from './operation.ts';

/** The errors that every action has: those of accepting a job, and those of a job that ends within the wait. */
const EVERY_ACTION: readonly ErrorCode[] = [
  ...BODY,
  ...BY_WORKER,
  ...ACCOUNT,
  'ACCOUNT_DISCONNECTED',
  'CANCELLED',
  'IDEMPOTENCY_MISMATCH',
  'QUEUE_FULL',
  'BOT_NOT_CONFIGURED',
];

const HELLO = { user_id: 'alice', recipient_id: '+9996627102', text: 'Hello!' };

/**
 * The documented schemas of batches. The routes' own schemas say nothing about the items, since each is validated
 * separately.
 */
const sendBatchSchema = requestBody({
  messages: z.array(ACTIONS.send.request).min(1).max(MAX_BATCH),
});
const batchSchema = requestBody({
  actions: z
    .array(z.union(ACTION_NAMES.map(batchItemSchema)))
    .min(1)
    .max(MAX_BATCH),
});

/** The operations of the catalogue's actions, alone and in batches. */
export const ACTION_OPERATIONS: readonly Operation[] = [
  ...ACTION_NAMES.flatMap((name) => {
    const action = actionOf(name);
    return action === undefined ? [] : [operationOf(action)];
  }),
  {
    method: 'post',
    path: '/telegram/user/batch',
    id: 'batch',
    tag: 'Sending',
    summary: 'Queue up to 1000 actions',
    description:
      'A mix of sends, edits and the rest; `type` names each. Each stands for itself: those that can be accepted are, in their order, and each of the others gets its own error.',
    parameters: ['IdempotencyKey'],
    request: {
      schema: batchSchema,
      examples: {
        two: {
          actions: [
            { type: 'send', ...HELLO },
            { type: 'message.edit', ...HELLO, message_id: 1234, text: 'Hello again!' },
          ],
        },
      },
    },
    answers: { 202: { description: 'A job or an error for each.', schema: batchResponseSchema } },
    errors: BODY,
  },
  {
    method: 'post',
    path: '/telegram/user/send/batch',
    id: 'sendBatch',
    tag: 'Sending',
    summary: 'Queue up to 1000 messages',
    description:
      'Each message stands for itself: those that can be accepted are, in their order, and each of the others gets its own error.',
    parameters: ['IdempotencyKey'],
    request: { schema: sendBatchSchema, examples: { two: { messages: [HELLO, HELLO] } } },
    answers: { 202: { description: 'A job or an error for each.', schema: batchResponseSchema } },
    errors: BODY,
  },
];

function operationOf({ name, docs, request, result, errors }: AnyAction): Operation {
  const { id, summary, description, done, examples } = docs;
  return {
    method: 'post',
    path: pathOf(name),
    id,
    tag: 'Sending',
    summary,
    description,
    parameters: ['IdempotencyKey', 'Prefer'],
    request: { schema: request, examples },
    answers: {
      200: { description: done, schema: endedResponseSchema(result), headers: ['PreferenceApplied'] },
      202: {
        description: 'Accepted, not done yet.',
        schema: queuedResponseSchema,
        headers: ['Location', 'PreferenceApplied'],
      },
    },
    errors: [...EVERY_ACTION, ...errors],
  };
}

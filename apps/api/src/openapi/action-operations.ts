import {
  ACTION_NAMES,
  ACTIONS,
  actionOf,
  MAX_BATCH,
  pathOf,
  type ActionName,
  type AnyAction,
} from '@gateway/actions';
import {
  batchCheckResponseSchema,
  batchResponseSchema,
  endedResponseSchema,
  idempotencyKeySchema,
  queuedResponseSchema,
  requestBody,
} from '@gateway/contracts';
import * as z from 'zod';
import { BODY, EVERY_ACTION } from './error-groups.ts';
import { pascalCase } from './names.ts';
import type { Operation } from './operation.ts';

const JOB_ID = 'send-3-1';
const TIME = '2026-01-15T12:00:30Z';
const HELLO = { user_id: 'alice', recipient_id: '+9996627102', text: 'Hello!' };

const DRY_RUN = z
  .boolean()
  .default(false)
  .describe('true: says what would become of each, and queues nothing');

/** What every item of a batch may have. */
const batchItemSchema = requestBody({
  idempotency_key: idempotencyKeySchema.optional().describe('In place of the header of the batch'),
}).meta({ id: 'BatchItem' });

/**
 * The documented schemas of batches. The routes' own schemas say nothing about the items, since each is validated
 * separately.
 */
const sendBatchSchema = requestBody({
  messages: z
    .array(z.intersection(requestOf(ACTIONS.send), batchItemSchema).meta({ id: 'BatchMessage' }))
    .min(1)
    .max(MAX_BATCH),
  dry_run: DRY_RUN,
});
const batchSchema = requestBody({
  actions: z
    .array(z.union(ACTION_NAMES.flatMap(batchItems)))
    .min(1)
    .max(MAX_BATCH),
  dry_run: DRY_RUN,
});

/** The answers of a batch. */
const BATCH_ANSWERS: Operation['answers'] = {
  200: {
    name: 'BatchChecked',
    description: 'With `dry_run`: what would become of each. Nothing was queued.',
    schema: batchCheckResponseSchema,
    example: { status: 'checked', jobs: [{ status: 'ok', parts: 1 }] },
  },
  202: {
    name: 'BatchAccepted',
    description: 'A job or an error for each.',
    schema: batchResponseSchema,
    example: { status: 'queued', jobs: [{ job_id: JOB_ID }] },
  },
};

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
      '`type` names each. Valid ones are queued in their order; each of the others gets its own error.',
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
    answers: BATCH_ANSWERS,
    errors: BODY,
  },
  {
    method: 'post',
    path: '/telegram/user/send/batch',
    id: 'sendBatch',
    tag: 'Sending',
    summary: 'Queue up to 1000 messages',
    description: 'Valid ones are queued in their order; each of the others gets its own error.',
    parameters: ['IdempotencyKey'],
    request: { schema: sendBatchSchema, examples: { two: { messages: [HELLO, HELLO] } } },
    answers: BATCH_ANSWERS,
    errors: BODY,
  },
];

/** The request of an action, with a name in the document. */
function requestOf({ request, docs }: Pick<AnyAction, 'request' | 'docs'>) {
  return request.meta({ ...request.meta(), id: `${pascalCase(docs.id)}Request` });
}

/** An item of a batch: the request of an action, and the action's name as its `type`. */
function batchItems(name: ActionName) {
  const action = actionOf(name);
  if (action === undefined) return [];
  const item = z.intersection(requestOf(action), batchItemSchema);
  const typed = z.intersection(item, requestBody({ type: z.literal(name) }));
  return [typed.meta({ id: `Batch${pascalCase(name)}` })];
}

function operationOf(action: AnyAction): Operation {
  const { name, docs, result, errors } = action;
  const { id, summary, description, done, examples } = docs;
  return {
    method: 'post',
    path: pathOf(name),
    id,
    tag: 'Sending',
    summary,
    description,
    parameters: ['IdempotencyKey', 'Prefer'],
    request: { schema: requestOf(action), examples },
    answers: {
      200: {
        description: done,
        schema: endedResponseSchema(result),
        headers: ['Replayed'],
      },
      202: {
        name: 'Accepted',
        description: 'Accepted, not done yet.',
        example: { status: 'queued', job_id: JOB_ID, state: 'delayed', reason: 'FLOOD_WAIT', retry_at: TIME },
        schema: queuedResponseSchema,
        headers: ['Location', 'Preference', 'Replayed'],
      },
    },
    errors: [...EVERY_ACTION, ...errors],
  };
}

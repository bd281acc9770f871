import { idempotencyKeySchema, requestBody } from '@gateway/contracts';
import * as z from 'zod';
import { ACTION_NAMES, actionOf } from './catalogue.ts';

/** Maximum number of requests in one batch. */
export const MAX_BATCH = 1_000;

/** The requests are `unknown` here because each is checked on its own, so that a bad one does not fail the rest. */
function listOf(field: string, things: string) {
  const otherwise = `must be a JSON object with the list in it: {"${field}":[…]}`;
  const list = z
    .array(z.unknown(), `must be a list of ${things}`)
    .min(1, `must hold at least one of the ${things}`)
    .max(MAX_BATCH, `must hold at most ${MAX_BATCH} ${things}`);
  return { list, otherwise };
}

/** With `true` nothing is enqueued: the answer says what would be. */
const dryRunSchema = z.boolean().default(false);

const messages = listOf('messages', 'messages');
/** Body of `POST /telegram/user/send/batch`. */
export const sendBatchRequestSchema = requestBody(
  { messages: messages.list, dry_run: dryRunSchema },
  messages,
);

const actions = listOf('actions', 'actions');
/** Body of `POST /telegram/user/batch`. */
export const batchRequestSchema = requestBody({ actions: actions.list, dry_run: dryRunSchema }, actions);

/** What an item of a batch has beside the fields of its action. */
export const batchItemSchema = z.looseObject({
  type: z.enum(ACTION_NAMES, `must be one of ${ACTION_NAMES.join(', ')}`),
  idempotency_key: idempotencyKeySchema.nullish(),
});

/** The action that one item of a batch names by its `type`, its request, and its own key if it has one. */
export function splitItem({ type, idempotency_key, ...request }: z.output<typeof batchItemSchema>) {
  const action = actionOf(type);
  if (action === undefined) throw new TypeError(`no action ${type}`);
  return { action, request, idempotencyKey: idempotency_key ?? undefined };
}

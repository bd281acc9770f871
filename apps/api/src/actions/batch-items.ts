import {
  batchItemSchema,
  newJob,
  splitItem,
  type JobOrigin,
  type JobTools,
  type NewJob,
} from '@gateway/actions';
import { GatewayError } from '@gateway/contracts';
import { botUserId } from '@gateway/runtime';
import type { Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { refuseHalfPairs } from '../http/half-pairs.ts';
import { requestHeader } from '../http/headers.ts';
import { readIdempotencyKey } from '../http/idempotency-key.ts';
import { validate, validationError } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { jobTools } from './job-tools.ts';

/** The items of a batch, as they came. */
export interface BatchItems {
  items: readonly unknown[];
  /** Names an item in errors about the whole of it. */
  what: string;
  /** Gives an item the `type` that it lacks. */
  toAction: (item: unknown) => unknown;
}

/** Yields the job of each item, or the error to report for it. Lets other requests run meanwhile. */
export async function* readBatchItems(
  { producer, settings, logger }: Pick<ApiContext, 'producer' | 'settings' | 'logger'>,
  c: Context<ApiEnv>,
  { items, what, toAction }: BatchItems,
): AsyncGenerator<NewJob | GatewayError, void, undefined> {
  const batchKey = readIdempotencyKey(requestHeader(c, 'idempotency-key'));
  const tools = jobTools(logger);
  const recipientOfJob: JobOrigin['recipientOfJob'] = (userId, jobId) =>
    producer.jobs.recipientOf(userId, jobId);
  for (const [index, item] of items.entries()) {
    const origin = {
      requestId: c.get('requestId'),
      idempotencyKey: keyOf(batchKey, index),
      bot: botUserId(settings),
      recipientOfJob,
    };
    // Such an item has too many values to be parsed.
    if (item instanceof GatewayError)
      yield validationError((item.details.issues ?? []).map(({ message }) => ({ path: what, message })));
    else yield await readItem(c, toAction(item), { what, origin, tools });
    await tools.pause();
  }
}

interface ItemOptions {
  what: string;
  origin: JobOrigin;
  tools: JobTools;
}

async function readItem(
  c: Context<ApiEnv>,
  item: unknown,
  { what, origin, tools }: ItemOptions,
): Promise<NewJob | GatewayError> {
  try {
    refuseHalfPairs(item);
    const {
      action,
      request,
      idempotencyKey = origin.idempotencyKey,
    } = splitItem(validate(batchItemSchema, item, what));
    const valid = validate(action.request, request, what);
    requireAccount(c.get('caller'), valid.user_id);
    return await newJob(action, valid, { ...origin, idempotencyKey }, tools);
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    // An internal error fails the whole request, not one item.
    if (error.code === 'INTERNAL') throw error;
    return error;
  }
}

/** Cannot equal a caller's key, because those contain no line end. */
function keyOf(batchKey: string | undefined, index: number): string | undefined {
  return batchKey === undefined ? undefined : `${batchKey}\n${index}`;
}

import {
  actionTypeSchema,
  batchRequestSchema,
  newJob,
  sendBatchRequestSchema,
  splitItem,
  type JobOrigin,
  type JobTools,
  type NewJob,
} from '@gateway/actions';
import { GatewayError } from '@gateway/contracts';
import { botUserId } from '@gateway/runtime';
import { Hono, type Context } from 'hono';
import { refuseSignedOut } from '../accounts/signed-in.ts';
import { jobTools } from '../actions/job-tools.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { refuseHalfPairs } from '../http/half-pairs.ts';
import { requestHeader } from '../http/headers.ts';
import { readIdempotencyKey } from '../http/idempotency-key.ts';
import { answerLanguage, eachInLanguage } from '../http/language.ts';
import { validate } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { readBatchBody } from '../middleware/json-body.ts';

/** Maximum bytes of a batch. */
const MAX_BATCH_BODY = 8 * 1024 * 1024;

/** Maximum UTF-16 units of jobs that are enqueued at a time: one command to Redis, which is built without a pause. */
const MAX_PLACED = 1_000_000;
/** Approximate UTF-16 units that an entity takes in a job. */
const ENTITY_LENGTH = 45;

/** The outcome of one item of a batch. */
type Outcome = { jobId: string } | GatewayError;

/** Items are independent: valid ones are enqueued in order, and each refused one gets its own error. */
export function batchRoutes({ producer, settings, metrics, logger }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/batch', async (c) => {
    const { actions } = await readBatchBody(c, batchRequestSchema, MAX_BATCH_BODY);
    return enqueueAll(c, actions, 'action', (item) => item);
  });

  routes.post('/telegram/user/send/batch', async (c) => {
    const { messages } = await readBatchBody(c, sendBatchRequestSchema, MAX_BATCH_BODY);
    return enqueueAll(c, messages, 'message', (message) => ofType('send', message));
  });

  return routes;

  /**
   * @param what names an item in errors about the whole of it.
   * @param toAction gives an item the `type` that it lacks.
   */
  async function enqueueAll(
    c: Context<ApiEnv>,
    items: readonly unknown[],
    what: string,
    toAction: (item: unknown) => unknown,
  ): Promise<Response> {
    const idempotencyKey = readIdempotencyKey(requestHeader(c, 'idempotency-key'));
    const outcomes: Outcome[] = [];
    let group: (NewJob | GatewayError)[] = [];
    let length = 0;
    const tools = jobTools(logger);
    for (const [index, item] of items.entries()) {
      const key = keyOf(idempotencyKey, index);
      const job = await readItem(
        c,
        item,
        {
          what,
          toAction,
          key,
          bot: botUserId(settings),
          recipientOfJob: (userId, jobId) => producer.jobs.recipientOf(userId, jobId),
        },
        tools,
      );
      group.push(job);
      length += lengthOf(job);
      await tools.pause();
      if (length < MAX_PLACED && index < items.length - 1) continue;
      outcomes.push(...(await place(group, outcomes)));
      group = [];
      length = 0;
    }
    const jobs = await eachInLanguage<object>(outcomes.map(jobOrError), answerLanguage(c));
    return c.json({ status: 'queued', jobs }, 202);
  }

  /**
   * Enqueues a part of a batch. @param earlier the outcomes of the items before it.
   * @throws {GatewayError} if the queue fails before any item of the batch is enqueued: then the whole batch fails.
   */
  async function place(
    jobs: readonly (NewJob | GatewayError)[],
    earlier: readonly Outcome[],
  ): Promise<Outcome[]> {
    const wanted = jobs.filter((job): job is NewJob => !(job instanceof GatewayError));
    const placing = wanted.length === 0 ? Promise.resolve([]) : producer.enqueueMany(wanted, refuseSignedOut);
    const placed = await placing.catch((thrown: unknown) => {
      const error = GatewayError.from(thrown);
      if (error.code === 'INTERNAL' || !earlier.some((each) => 'jobId' in each)) throw error;
      return wanted.map(() => error);
    });
    metrics.accepted(placed.filter((outcome) => !(outcome instanceof GatewayError)).length);
    const outcomes = placed.values();
    return jobs.map((job) => {
      const outcome = job instanceof GatewayError ? job : outcomes.next().value;
      if (outcome === undefined) throw new Error('an item of the batch has no outcome');
      return outcome;
    });
  }
}

interface ItemOptions {
  what: string;
  toAction: (item: unknown) => unknown;
  key: string | undefined;
  bot: string | null;
  recipientOfJob: JobOrigin['recipientOfJob'];
}

/** Reads one item of a batch. @returns its job, or the error to report for it. */
async function readItem(
  c: Context<ApiEnv>,
  item: unknown,
  { what, toAction, key, bot, recipientOfJob }: ItemOptions,
  tools: JobTools,
): Promise<NewJob | GatewayError> {
  try {
    refuseHalfPairs(item);
    const { action, request } = splitItem(validate(actionTypeSchema, toAction(item), what));
    const valid = validate(action.request, request, what);
    requireAccount(c.get('caller'), valid.user_id);
    const origin = { requestId: c.get('requestId'), idempotencyKey: key, bot, recipientOfJob };
    return await newJob(action, valid, origin, tools);
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    // An internal error fails the whole request, not one item.
    if (error.code === 'INTERNAL') throw error;
    return error;
  }
}

function ofType(type: string, item: unknown): unknown {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? { ...item, type } : item;
}

/** Cannot equal a caller's key, because those contain no line end. */
function keyOf(batchKey: string | undefined, index: number): string | undefined {
  return batchKey === undefined ? undefined : `${batchKey}\n${index}`;
}

function lengthOf(job: NewJob | GatewayError): number {
  if (job instanceof GatewayError) return 0;
  const { text, entities } = job.data as { text?: string; entities?: unknown[] };
  return (text?.length ?? 0) + ENTITY_LENGTH * (entities?.length ?? 0);
}

function jobOrError(outcome: Outcome) {
  return outcome instanceof GatewayError
    ? { status: 'error', ...outcome.toPublic() }
    : { job_id: outcome.jobId };
}

import {
  actionOf,
  batchRequestSchema,
  partsOfJob,
  sendBatchRequestSchema,
  type NewJob,
} from '@gateway/actions';
import { GatewayError, type CheckedItem } from '@gateway/contracts';
import type { Producer } from '@gateway/queue';
import { Hono, type Context } from 'hono';
import { refuseSignedOut } from '../accounts/signed-in.ts';
import { holdOf } from '../actions/await-action.ts';
import { readBatchItems, type BatchItems } from '../actions/batch-items.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { answerLanguage, eachInLanguage } from '../http/language.ts';
import { readBatchBody } from '../middleware/json-body.ts';

/** Maximum bytes of a batch. */
const MAX_BATCH_BODY = 8 * 1024 * 1024;

/** Maximum UTF-16 units of jobs that are enqueued at a time: one command to Redis, which is built without a pause. */
const MAX_PLACED = 1_000_000;
/** Approximate UTF-16 units that a field takes in a job, beside a string in it. */
const FIELD_LENGTH = 12;

/** The outcome of one item of a batch. */
type Outcome = { jobId: string } | GatewayError;

/** Items are independent: valid ones are enqueued in order, and each refused one gets its own error. */
export function batchRoutes(context: ApiContext): Hono<ApiEnv> {
  const { producer, settings, metrics } = context;
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/batch', async (c) => {
    const { actions, dry_run } = await readBatchBody(c, batchRequestSchema, MAX_BATCH_BODY);
    const batch = { items: actions, what: 'action', toAction: (item: unknown) => item };
    return dry_run ? checkAll(c, batch) : enqueueAll(c, batch);
  });

  routes.post('/telegram/user/send/batch', async (c) => {
    const { messages, dry_run } = await readBatchBody(c, sendBatchRequestSchema, MAX_BATCH_BODY);
    const batch = { items: messages, what: 'message', toAction: (item: unknown) => ofType('send', item) };
    return dry_run ? checkAll(c, batch) : enqueueAll(c, batch);
  });

  return routes;

  async function enqueueAll(c: Context<ApiEnv>, batch: BatchItems): Promise<Response> {
    const outcomes: Outcome[] = [];
    let group: (NewJob | GatewayError)[] = [];
    let length = 0;
    for await (const job of readBatchItems(context, c, batch)) {
      group.push(job);
      length += isJob(job) ? lengthOf(job.data) : 0;
      if (length < MAX_PLACED && outcomes.length + group.length < batch.items.length) continue;
      outcomes.push(...(await place(group, outcomes)));
      group = [];
      length = 0;
    }
    const jobs = await eachInLanguage<object>(outcomes.map(jobOrError), answerLanguage(c));
    return c.json({ status: 'queued', jobs }, 202);
  }

  /** Says what would become of each item, and enqueues nothing. */
  async function checkAll(c: Context<ApiEnv>, batch: BatchItems): Promise<Response> {
    const read: (NewJob | GatewayError)[] = [];
    for await (const job of readBatchItems(context, c, batch)) read.push(job);
    const wanted = read.filter(isJob);
    const checked = await producer.checkMany(wanted, refuseSignedOut);
    const outcomes = inPlaces(read, checked);
    const jobs = await eachInLanguage<object>(
      outcomes.map((outcome, index) => checkedItem(read[index], outcome)),
      answerLanguage(c),
    );
    return c.json({ status: 'checked', jobs });
  }

  function checkedItem(
    job: NewJob | GatewayError | undefined,
    outcome: CheckOutcome,
  ): CheckedItem | ReturnType<typeof errorItem> {
    if (outcome instanceof GatewayError) return errorItem(outcome);
    if (!isJob(job)) throw new Error('an item without a job was checked');
    const { name, data, sendAt } = job;
    const action = actionOf(name);
    const hold = outcome.isRepeat ? null : holdOf(outcome.view, sendAt, settings);
    return {
      status: 'ok',
      parts: action === undefined ? 1 : partsOfJob(action, data),
      ...(outcome.isRepeat && { repeated: true }),
      ...(hold !== null && { reason: hold.reason }),
      ...(hold !== null && hold.until !== null && { retry_at: new Date(hold.until).toISOString() }),
    };
  }

  /**
   * Enqueues a part of a batch. @param earlier the outcomes of the items before it.
   * @throws {GatewayError} if the queue fails before any item of the batch is enqueued: then the whole batch fails.
   */
  async function place(
    jobs: readonly (NewJob | GatewayError)[],
    earlier: readonly Outcome[],
  ): Promise<Outcome[]> {
    const wanted = jobs.filter(isJob);
    const placing = wanted.length === 0 ? Promise.resolve([]) : producer.enqueueMany(wanted, refuseSignedOut);
    const placed = await placing.catch((thrown: unknown) => {
      const error = GatewayError.from(thrown);
      if (error.code === 'INTERNAL' || !earlier.some((each) => 'jobId' in each)) throw error;
      return wanted.map(() => error);
    });
    metrics.accepted(placed.filter((outcome) => !(outcome instanceof GatewayError)).length);
    return inPlaces(jobs, placed);
  }
}

type CheckOutcome = Awaited<ReturnType<Producer['checkMany']>>[number];

/** The outcome of each item, where `ofJobs` has those of the items that are jobs. */
function inPlaces<T>(
  items: readonly (NewJob | GatewayError)[],
  ofJobs: readonly (T | GatewayError)[],
): (T | GatewayError)[] {
  const outcomes = ofJobs.values();
  return items.map((item) => {
    const outcome = item instanceof GatewayError ? item : outcomes.next().value;
    if (outcome === undefined) throw new Error('an item of the batch has no outcome');
    return outcome;
  });
}

function isJob(item: NewJob | GatewayError | undefined): item is NewJob {
  return item !== undefined && !(item instanceof GatewayError);
}

function ofType(type: string, item: unknown): unknown {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? { ...item, type } : item;
}

/** Approximate UTF-16 units of a value in JSON. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + FIELD_LENGTH + lengthOf(each), 0);
}

function jobOrError(outcome: Outcome) {
  return outcome instanceof GatewayError ? errorItem(outcome) : { job_id: outcome.jobId };
}

function errorItem(error: GatewayError) {
  return { status: 'error' as const, ...error.toPublic() };
}

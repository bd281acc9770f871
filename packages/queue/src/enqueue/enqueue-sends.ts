import { isCurrentDigest, jobEnvelopeSchema, type JobKey } from '@gateway/actions';
import { GatewayError, type AccountView } from '@gateway/contracts';
import { notifyOwner } from '../events/due-accounts.ts';
import { summaryToStore } from '../jobs/job-summary.ts';
import type { AccountQueues } from '../line/account-queues.ts';
import type { JobToAdd } from '../line/enqueue-backend.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { Call } from '../redis/redis-calls.ts';
import {
  asOf,
  cachedView,
  publishedView,
  readDecisiveView,
  readPublishedView,
  type PublishedView,
} from '../views/account-views.ts';
import type { EnqueueReply, EnqueueScript } from './enqueue-script.ts';
import type { PlacedJob } from './place-job.ts';
import { notAReply, replyCheckOf } from './replies-only.ts';

/** Checks whether an account's messages may be enqueued. Throws if not. */
export type Admission = (view: AccountView) => void;

export interface EnqueueOptions {
  redis: RedisClient;
  accounts: AccountQueues;
  script: EnqueueScript;
  /** Number of shards. */
  shards: number;
  /** How long ended jobs are kept, in ms. */
  retentionMs: number;
  /** Most messages of one account that may wait at a time. */
  maxPending: number;
}

/** The view that a message was admitted by, and whether its key had a job already; or why it was not enqueued. */
export type EnqueueOutcome = { view: AccountView; isRepeat: boolean } | GatewayError;

/**
 * Enqueues messages of one account in order, in one round trip. Optimistic: checked against the cached account view. If
 * that view has changed, Redis rejects them all, and they are checked against the new view.
 * @param sends at most 64.
 * @returns for each message its view, or why it was not enqueued: `QUEUE_FULL`, `UPLOAD_NOT_FOUND`, `NOT_A_REPLY`,
 * `JOB_NOT_FOUND` where it is to follow a job that does not exist, or `IDEMPOTENCY_MISMATCH` where its key belongs to
 * another message.
 * @throws {GatewayError} what `admission` throws; {@link TooLate} where none was enqueued.
 */
export async function enqueueSends(
  sends: readonly PlacedJob[],
  admission: Admission,
  { redis, accounts, script, shards, maxPending, retentionMs }: EnqueueOptions,
  call: Call,
): Promise<EnqueueOutcome[]> {
  const userId = sends[0]?.data.userId ?? '';
  const shard = shardOf(userId, shards);
  let { json, view } = await firstView(redis, { userId, shard, admission });
  for (;;) {
    // Open the queue only after the admission: opening one writes a key to Redis, even for an account that does not
    // exist.
    const { queue, backend } = accounts.open(userId);
    const now = Date.now();
    const admittedBy = view;
    const jobs = sends.map((send) => jobOf(send, now, retentionMs));
    const packed = jobs.map((job, index) => {
      const command = backend.pack(queue, job);
      return {
        ...command,
        jobId: job.opts.jobId,
        isKeyed: sends[index]?.key !== undefined,
        uploads: sends[index]?.uploads ?? [],
        dueAt: job.opts.delay === 0 ? 0 : now + job.opts.delay,
        after: job.data.after?.jobId ?? '',
        reply: replyCheckOf({ name: job.name, data: job.data }, admittedBy, now),
        summary: summaryToStore(job.name, job.data, command.args[1]?.length ?? 0),
      };
    });
    const replies = await script.enqueue({ userId, shard }, packed, json, call);
    const [first] = replies;
    if (first?.is !== 'changed') {
      // After a cut-off the caller got an error, and the job will be withdrawn. So do not notify a worker.
      if (!script.notifies && !call.isCutOff)
        for (const { dueAt } of packed) notifyOwner(redis, shard, userId, dueAt).catch(() => {});
      return Promise.all(sends.map((send, index) => outcomeOf(send, replies[index], admittedBy, maxPending)));
    }
    call.mayHaveTakenEffect = false;
    ({ json, view } = await admitted(redis, publishedView(userId, first.view), { userId, shard, admission }));
  }
}

interface Applicant {
  userId: string;
  shard: number;
  admission: Admission;
}

/** The cached view, if it admits the messages. It may be outdated, so only a fresh view may refuse them. */
async function firstView(redis: RedisClient, applicant: Applicant): Promise<PublishedView> {
  const { userId, admission } = applicant;
  const last = cachedView(userId);
  if (last !== undefined) {
    const now = asOf(last, Date.now());
    try {
      admission(now.view);
      return now;
    } catch {
      // The cached view may be outdated: read it again below.
    }
  }
  return admitted(redis, await readPublishedView(redis, userId), applicant);
}

/**
 * The current view.
 * @throws {GatewayError} what `admission` throws; `WORKER_UNAVAILABLE` where it refuses only because no view is
 * published yet.
 */
async function admitted(
  redis: RedisClient,
  published: PublishedView,
  { userId, shard, admission }: Applicant,
): Promise<PublishedView> {
  const current = asOf(published, Date.now());
  try {
    admission(current.view);
    return current;
  } catch (refusal) {
    if (published.json !== null) throw refusal;
    const decisive = asOf(await readDecisiveView(redis, userId, shard), Date.now());
    admission(decisive.view);
    return decisive;
  }
}

/**
 * @param now one clock reading for all: BullMQ adds the delay to it, and jobs with the same `send_at` must not end up a
 * millisecond apart.
 */
function jobOf(
  { name, data, key, jobId, sendAt = 0 }: PlacedJob,
  now: number,
  retentionMs: number,
): JobToAdd {
  const kept = { age: Math.ceil(retentionMs / 1_000) };
  const delay = Math.max(0, sendAt - now);
  return {
    name,
    data: { ...data, digest: key?.digest ?? '' },
    opts: { jobId, timestamp: now, delay, removeOnComplete: kept, removeOnFail: kept },
  };
}

async function outcomeOf(
  { key }: PlacedJob,
  reply: EnqueueReply | undefined,
  view: AccountView,
  maxPending: number,
): Promise<EnqueueOutcome> {
  if (reply?.is === 'full') return queueFull(maxPending);
  if (reply?.is === 'orphaned') return new GatewayError('JOB_NOT_FOUND');
  if (reply?.is === 'no_upload') return new GatewayError('UPLOAD_NOT_FOUND');
  if (reply?.is === 'no_reply') return notAReply(view);
  if (reply?.is === 'repeated' && !(await isSameRequest(key, reply.data)))
    return new GatewayError('IDEMPOTENCY_MISMATCH');
  return { view, isRepeat: reply?.is === 'repeated' };
}

/** Whether the existing job under the key is that of the same request. @param data that job's data (JSON) */
export async function isSameRequest(key: JobKey | undefined, data: string): Promise<boolean> {
  const stored = digestIn(data);
  if (stored === key?.digest) return true;
  return !isCurrentDigest(stored) && stored === (await key?.formerDigest?.());
}

function digestIn(data: string): string {
  return jobEnvelopeSchema.safeParse(JSON.parse(data)).data?.digest ?? '';
}

/** Seconds after which a caller may retry on a full queue: enough for a rate-limited account to send some messages. */
const FULL_RETRY_AFTER = 30;

export function queueFull(max: number): GatewayError {
  return new GatewayError(
    'QUEUE_FULL',
    `${max} messages of this account are already waiting, which is the most allowed (SEND_MAX_PENDING).`,
    { retryAfter: FULL_RETRY_AFTER },
  );
}

import { actionOf } from '@gateway/actions';
import {
  GatewayError,
  isStopped,
  type AccountView,
  type HoldNotice,
  type JobState,
  type JobView,
} from '@gateway/contracts';
import type { Sealer } from '@gateway/runtime';
import type { Job } from 'bullmq';
import * as z from 'zod';
import type { ControlQueues } from '../control/control-queues.ts';
import { resultContext } from '../control/sealing-context.ts';
import type { AccountQueues } from '../line/account-queues.ts';
import { readHeldJob } from '../line/held-jobs.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readAccountView } from '../views/account-views.ts';
import { parseJobId, type JobAddress } from './job-id.ts';
import { privateMessagesOf, readReadAt } from './read-at.ts';

export interface JobSources {
  redis: RedisClient;
  accounts: AccountQueues;
  control: ControlQueues;
  /** Number of shards. */
  shards: number;
  /** Opens the sealed results of control jobs. */
  sealer: Sealer;
}

/** Most reads of a job that changes while it is being read. */
export const MOST_READS = 5;

/** A job as the API shows it, or `null` if there is none by that id (any more). */
export async function readJob(
  sources: JobSources,
  jobId: string,
  now: number,
  reads = MOST_READS,
): Promise<JobView | null> {
  const address = parseJobId(jobId);
  // No job of this product has an id whose shard is not its account's.
  if (address === null || address.shard !== shardOf(address.userId, sources.shards)) return null;
  const queue =
    address.kind === 'send' ? sources.accounts.of(address.userId) : sources.control.of(address.shard);
  // One pipeline keeps this order, so the state is never older than the fields.
  const [job, state, view] = await Promise.all([
    queue.getJob(jobId),
    queue.getJobState(jobId),
    readAccountView(sources.redis, address.userId, now),
  ]);
  if (job === undefined) return null;
  const described = await describeJob(sources.redis, { job, state }, address, view, reads === 1);
  if (described?.state === 'completed' && address.kind === 'control')
    return { ...described, result: openResult(sources.sealer, job, address.userId) };
  return described ?? readJob(sources, jobId, now, reads - 1);
}

/**
 * Describes a job from its fields and its state, which was read after the fields. `null`: the job ended or was retried
 * in between, so the fields are outdated.
 */
export async function describeJob(
  redis: RedisClient,
  { job, state }: { job: Job<unknown, unknown>; state: BullState },
  { kind, userId }: Pick<JobAddress, 'kind' | 'userId'>,
  view: AccountView,
  asItIs = false,
): Promise<JobView | null> {
  const hasEnded = state === 'completed' || state === 'failed';
  const isRead = hasEnded === (job.finishedOn !== undefined);
  const isBlank = kind === 'send' && state === 'completed' && job.returnvalue === null;
  if (!asItIs && (!isRead || isBlank)) return null;
  const held = kind === 'send' ? await whyHeld(redis, job, state, userId, view) : null;
  const messages = kind === 'send' && state === 'completed' ? privateMessagesOf(job) : null;
  const readAt = messages === null ? null : await readReadAt(redis, userId, messages);
  return { ...describe(job, userId, publicState(job, state, held), held), read_at: readAt };
}

/** Why a job is not being sent now; `null` if nothing holds it. */
async function whyHeld(
  redis: RedisClient,
  job: Job<unknown, unknown>,
  state: BullState,
  userId: string,
  view: AccountView,
): Promise<HoldNotice | null> {
  if (state === 'active') return readHeldJob(redis, userId, job.id ?? '');
  if (state === 'waiting-children') return { reason: 'DEPENDENCY', until: null };
  if (state === 'delayed') return { reason: 'SEND_AT', until: job.timestamp + job.delay };
  if (state !== 'waiting') return null;
  if (isStopped(view)) return { reason: view.reason ?? view.state.toUpperCase(), until: null };
  return view.hold;
}

function describe(
  job: Job<unknown, unknown>,
  userId: string,
  state: JobState,
  held: HoldNotice | null,
): Omit<JobView, 'read_at'> {
  return {
    job_id: job.id ?? '',
    type: job.name,
    user_id: userId,
    state,
    attempts: job.attemptsMade,
    created_at: new Date(job.timestamp).toISOString(),
    finished_at: job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString(),
    retry_at: isoTime(held?.until ?? null),
    reason: held?.reason ?? null,
    result: state === 'completed' || state === 'cancelled' ? publicResult(job, state) : null,
    error: state === 'failed' ? failureOf(job.failedReason).toPublic() : null,
  };
}

/** Seconds after which a caller may look what became of an interrupted step. */
const LOOK_AFTER = 5;

/**
 * Why a job failed. A worker writes its own errors as JSON. Any other text is BullMQ's: the worker died, or was so late
 * that the job counted as stalled, or it could not complete the job. The job is not run again.
 */
function failureOf(reason: string): GatewayError {
  if (reason.startsWith('{')) return GatewayError.fromPublicJson(reason);
  return new GatewayError(
    'TELEGRAM_TIMEOUT',
    'The worker ended or was too late while it ran this step: check the status before you retry.',
    { retryAfter: LOOK_AFTER, cause: reason },
  );
}

function publicResult(job: Job<unknown, unknown>, state: JobState): JobView['result'] {
  // Some parts of a split text may have been sent before the rest was cancelled.
  if (state === 'cancelled') return resultSoFar(job);
  const value = actionOf(job.name)?.result.safeParse(job.returnvalue).data ?? job.returnvalue;
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function resultSoFar(job: Job<unknown, unknown>): JobView['result'] {
  const steps = actionOf(job.name)?.steps;
  const progress = steps?.progress.safeParse(job.progress).data;
  const result = progress === undefined ? null : (steps?.result(progress) ?? null);
  return result === null ? null : { ...result };
}

/** Opens the sealed result of a control job; `null` where this process has another key. */
function openResult(sealer: Sealer, job: Job<unknown, unknown>, userId: string): JobView['result'] {
  const { data } = sealedSchema.safeParse(job.returnvalue);
  if (data === undefined) return null;
  try {
    return JSON.parse(sealer.open(data.sealed, resultContext(job.name, userId)));
  } catch {
    return null;
  }
}

const sealedSchema = z.object({ sealed: z.string() });

export type BullState = Awaited<ReturnType<Job['getState']>>;

function publicState(job: Job<unknown, unknown>, state: BullState, held: HoldNotice | null): JobState {
  if (state === 'failed' && failureOf(job.failedReason).code === 'CANCELLED') return 'cancelled';
  if (state === 'completed' || state === 'failed') return state;
  if (held !== null) return 'delayed';
  return state === 'active' ? 'active' : 'waiting';
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

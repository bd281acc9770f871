import { actionOf, readJob, type JobEnvelope } from '@gateway/actions';
import { GatewayError, sendResultSchema } from '@gateway/contracts';
import { Job, UnrecoverableError, Worker } from 'bullmq';
import type { PiggybackedAppends } from '../inbox/piggybacked-appends.ts';
import { resultInChat } from '../jobs/read-at.ts';
import { accountPrefix, SEND_QUEUE, sendJobKey, sendLockKey } from '../keys.ts';
import { workerOf } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { SharedBackend } from '../redis/shared-backend.ts';
import { readDependencyEnd, type DependencyEnd } from './dependents.ts';
import type { JobQueue } from './enqueue-backend.ts';
import { OwnedJob, type BullmqJob, type CompleteOptions, type Fetched, type JobEnds } from './fetched-job.ts';
import { clearHeldJobs, listHeldJobs } from './held-jobs.ts';
import { OwnedBackend } from './owned-backend.ts';
import { failWaiting, oldestWaiting, type WaitingJob } from './waiting-jobs.ts';

/**
 * In ms: ten years, in effect for ever. A worker owns the account rather than single jobs, and a new owner takes over
 * its jobs at once ({@link AccountConsumer.recover}). The lock only keeps a former owner, whose token differs, from
 * ending a job; a job may be held for days.
 */
const LOCK_DURATION = 10 * 365 * 86_400_000;

/** Most jobs with a due `send_at` that are moved to the queue at a time. */
const DUE_BATCH = 100;

/** A job that a former owner had fetched and not ended when it stopped. */
export interface RecoveredJob {
  jobId: string;
  /** When it was fetched, in ms since the epoch. It was not sent before that. */
  fetchedAt: number;
  /** The name of the worker that fetched it; `null`: not known. */
  fetchedBy: string | null;
  /** The former owner held it, so it was not being sent. */
  wasHeld: boolean;
  /** It was bringing a file to Telegram, and nobody sees that. */
  wasTransfer: boolean;
  /** Tries made so far. */
  attempts: number;
}

/**
 * Fetches one account's jobs in order, without BullMQ's own loop. Only the account's owner creates one, after raising
 * the fence.
 */
export class AccountConsumer {
  readonly #redis: RedisClient;
  readonly #queue: JobQueue;
  readonly #userId: string;
  readonly #fence: string;
  readonly #worker: Worker<JobEnvelope, object>;
  readonly #owned: OwnedBackend;
  readonly #ends: JobEnds;
  /** Active jobs that this consumer has fetched. */
  #fetchedJobs = 0;

  /**
   * @param fence identifies the ownership; every owner has another one.
   * @param appends of the account's events. The end of a job runs one of them in its own script.
   */
  constructor(
    redis: RedisClient,
    backend: SharedBackend,
    queue: JobQueue,
    userId: string,
    fence: string,
    appends?: PiggybackedAppends,
  ) {
    this.#redis = redis;
    this.#queue = queue;
    this.#userId = userId;
    this.#fence = fence;
    let owned: OwnedBackend | undefined;
    this.#worker = new Worker<JobEnvelope, object>(
      SEND_QUEUE,
      null,
      { connection: redis, autorun: false, lockDuration: LOCK_DURATION },
      backend(accountPrefix(userId), (connection, name, _keys, toKey, ...rest) => {
        // Reuse the queue's keys: about two dozen strings per account need not be kept twice.
        owned = new OwnedBackend(
          { redis, userId, fence, appends },
          connection,
          name,
          queue.keys,
          toKey,
          ...rest,
        );
        return owned;
      }),
    );
    if (owned === undefined) throw new Error('BullMQ created a worker without its backend');
    this.#owned = owned;
    this.#ends = {
      complete: (job, result, options) => this.#complete(job, result, options),
      fail: (job, error, attempts) => this.#fail(job, error, attempts),
      putBack: (job) => this.#putBack(job),
      released: () => this.#owned.released,
    };
    this.#worker.on('error', () => {}); // Each call reports its own error to its caller.
  }

  /**
   * Puts jobs that a former owner had fetched back at the head of the queue, oldest first. Call it before anything is
   * fetched; BullMQ's own recovery of stalled jobs returns them in no order.
   * @param record gets these jobs, oldest first, before they move. After a crash in between, it must still be known
   * that they were fetched.
   * @throws {Fenced}
   */
  async recover(record: (jobs: RecoveredJob[]) => Promise<void>): Promise<void> {
    // Newest first: each job goes to the head of the queue, so the oldest ends up in front.
    const active = await this.#queue.getJobs(['active'], 0, -1, false);
    const jobs = active.filter((job) => job !== undefined);
    const held = await listHeldJobs(this.#redis, this.#userId);
    const workers = await this.#workersOf(jobs);
    await record(
      jobs.toReversed().map((job) => {
        const { id = '', processedOn = 0, attemptsMade: attempts } = job;
        const [fetchedBy, wasHeld] = [workers.get(id) ?? null, held.has(id)];
        return {
          jobId: id,
          fetchedAt: processedOn,
          fetchedBy,
          wasHeld,
          wasTransfer: isTransfer(job),
          attempts,
        };
      }),
    );
    for (const { id = '' } of jobs) await this.#owned.moveJobFromActiveToWait(id, '0');
    await clearHeldJobs(this.#redis, this.#userId);
    this.#fetchedJobs = 0;
  }

  /** The workers that fetched these jobs. BullMQ's lock of a job has the fence under which it was fetched. */
  async #workersOf(jobs: readonly BullmqJob[]): Promise<Map<string, string>> {
    if (jobs.length === 0) return new Map();
    const fences = await this.#redis.mget(...jobs.map(({ id = '' }) => sendLockKey(this.#userId, id)));
    return new Map(
      jobs.flatMap(({ id = '' }, index) => {
        const fence = fences[index];
        return fence ? [[id, workerOf(fence)] as const] : [];
      }),
    );
  }

  /**
   * Fetches the next job. A job whose `send_at` is due joins the queue first.
   * @returns `needs_recovery` if the account has active jobs that this consumer did not fetch: the reply of a fetch
   * was lost, or a former owner fetched late. The fetched job may then not be the next one; {@link recover} restores
   * the order. A {@link NewerJob} blocks the queue until a newer worker owns the account.
   * @throws {Fenced} where another owner has taken over; the job is left to that owner.
   */
  async next(): Promise<Fetched> {
    return this.#fetched(await this.#worker.getNextJob(this.#fence, { block: false }));
  }

  async #fetched(job: BullmqJob | undefined): Promise<Fetched> {
    if (job !== undefined) this.#fetchedJobs += 1;
    if (this.#owned.active !== this.#fetchedJobs) return 'needs_recovery';
    if (job === undefined) return { nextDueAt: this.#owned.nextDueAt };
    const jobId = job.id ?? '';
    const read = readJob(job.name, job.data);
    if (read.is === 'known') return new OwnedJob(job, read.action, await this.#dependencyOf(job), this.#ends);
    if (read.is === 'newer') {
      await this.#putBack(job);
      return { jobId, newer: read.why };
    }
    // The product did not enqueue it. Fail it: it must not block the jobs behind it.
    await this.#fail(job, new GatewayError('INTERNAL', 'This job is of no kind that exists.', { jobId }));
    return this.next();
  }

  async #dependencyOf({ id = '', data }: BullmqJob): Promise<DependencyEnd | undefined> {
    if (data.after === undefined) return undefined;
    const end = await this.#redis.hget(sendJobKey(this.#userId, id), 'dependency');
    return readDependencyEnd(end) ?? undefined;
  }

  async #complete(
    job: BullmqJob,
    result: object,
    { state, attempts, privateChat, fetchNext }: CompleteOptions,
  ): Promise<Fetched | null> {
    // BullMQ returns the next job to a manual caller as its data and its id.
    const [data, id]: unknown[] =
      (await this.#owned.writeWithEndOf(job.id ?? '', { state, attempts, result }, () =>
        job.moveToCompleted(resultInChat(result, privateChat), this.#fence, fetchNext),
      )) ?? [];
    this.#fetchedJobs -= 1;
    if (!fetchNext) return null;
    const next =
      typeof data === 'object' && data !== null
        ? Job.fromJSON<JobEnvelope, object>(this.#worker, data as never, String(id))
        : undefined;
    return this.#fetched(next);
  }

  async #fail(job: BullmqJob, error: GatewayError, attempts?: number): Promise<void> {
    const reason = new UnrecoverableError(JSON.stringify(error.toPublic()));
    // A stack trace of this code does not help readers of the dashboard.
    reason.stack = '';
    await this.#owned.writeWithEndOf(job.id ?? '', { attempts }, () =>
      job.moveToFailed(reason, this.#fence, false),
    );
    this.#fetchedJobs -= 1;
  }

  async #putBack(job: BullmqJob): Promise<void> {
    await job.moveToWait(this.#fence);
    this.#fetchedJobs -= 1;
  }

  /** The oldest waiting messages of which no part has been sent. */
  async oldestWaiting(limit: number): Promise<WaitingJob[]> {
    return oldestWaiting(this.#redis, this.#userId, limit);
  }

  /** Fails waiting messages, atomically. @returns those that were failed. @throws {Fenced} */
  async failWaiting(jobs: readonly { jobId: string; error: GatewayError }[], now: number): Promise<string[]> {
    return failWaiting(this.#redis, { userId: this.#userId, fence: this.#fence }, jobs, now);
  }

  /**
   * Moves jobs whose `send_at` is due into the queue, behind what was enqueued before. Call it even while the account
   * is held.
   * @returns when the next `send_at` is due, in ms since the epoch; Infinity if no job has one.
   * @throws {Fenced}
   */
  async promoteDue(now: number): Promise<number> {
    const delayed = await this.#queue.getDelayed(0, DUE_BATCH - 1);
    for (const job of delayed) {
      if (job === undefined) continue;
      const dueAt = job.timestamp + job.delay;
      if (dueAt > now) return dueAt;
      await this.#owned.promote(job.id ?? '');
    }
    return delayed.length < DUE_BATCH ? Infinity : now;
  }

  /**
   * Moves every job with a `send_at` into the queue: the account is gone, and they must not outlive it.
   * @throws {Fenced}
   */
  async promoteAll(): Promise<void> {
    for (let left = 1; left > 0;) left = await this.#owned.promoteJobs();
  }

  /**
   * The greatest message id among this account's latest results to `recipient`, compared as the caller wrote it; 0 if
   * there is none.
   */
  async lastMessageIdTo(recipient: string): Promise<number> {
    const ended = await this.#queue.getCompleted(0, 199);
    const ids = ended.flatMap((job) => {
      const action = job === undefined ? undefined : actionOf(job.name);
      if (action?.makesMessages !== true || action.chatsOf(job.data)[0] !== recipient) return [];
      const { data: result } = sendResultSchema.safeParse(job.returnvalue);
      return result === undefined ? [] : [result.message_id, ...(result.message_ids ?? [])];
    });
    return Math.max(0, ...ids);
  }

  async close(): Promise<void> {
    await this.#worker.close(true);
  }
}

/** Whether the next step of the job only brings a part of a file to Telegram. */
function isTransfer({ name, data, progress }: BullmqJob): boolean {
  const steps = actionOf(name)?.steps;
  const made = steps?.progress.safeParse(progress).data ?? steps?.none;
  return made !== undefined && steps?.isTransfer?.(data, made) === true;
}

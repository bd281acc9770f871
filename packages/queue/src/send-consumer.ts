import { GatewayError, sendJobSchema, type SendJob, type SendResult } from '@gateway/contracts';
import { Job, UnrecoverableError, Worker } from 'bullmq';
import type { SendQueue } from './accepting-backend.ts';
import { forgetAllAside, listAside } from './aside-jobs.ts';
import { contentOf, type Along, type BullmqSend, type FetchedSend } from './fetched-send.ts';
import { accountPrefix, SEND_QUEUE } from './keys.ts';
import { OwnedBackend } from './owned-backend.ts';
import type { RedisClient } from './redis.ts';
import type { SharedBackend } from './shared-backend.ts';
import { failWaiting, oldestWaiting, type WaitingSend } from './waiting-sends.ts';

/**
 * ms: for ever. Ours is the ownership of the account, not of the job: a new owner takes jobs over by {@link SendConsumer.recover}, at
 * once. The lock is there so that a former owner, whose token differs, can end nothing any more; a job may be set aside for days.
 */
const LOCK_DURATION = 10 * 365 * 86_400_000;

/** Jobs held until a time of their own that are put in line at a time. */
const DUE_BATCH = 100;

/** A job that a former owner had in hand when it ended. */
export interface RecoveredSend {
  jobId: string;
  /** When it was fetched, ms since the epoch: it was not sent before. */
  fetchedAt: number;
  /** It had been set aside, and so was not under way. */
  wasAside: boolean;
  /** Tries of before. */
  attempts: number;
}

/** Works off one account's queue by hand, in order. Only the worker that owns the account makes one, after it has raised the fence. */
export class SendConsumer {
  readonly #redis: RedisClient;
  readonly #queue: SendQueue;
  readonly #userId: string;
  readonly #fence: string;
  readonly #worker: Worker<SendJob, SendResult, 'send'>;
  readonly #owned: OwnedBackend;
  #inHand = 0;

  /** @param fence names the ownership; another owner's differs. */
  constructor(redis: RedisClient, backend: SharedBackend, queue: SendQueue, userId: string, fence: string) {
    this.#redis = redis;
    this.#queue = queue;
    this.#userId = userId;
    this.#fence = fence;
    let owned: OwnedBackend | undefined;
    this.#worker = new Worker<SendJob, SendResult, 'send'>(
      SEND_QUEUE,
      null,
      { connection: redis, autorun: false, lockDuration: LOCK_DURATION },
      backend(accountPrefix(userId), (connection, name, _keys, toKey, ...rest) => {
        // The queue's own: two dozen texts of an account need not be kept twice.
        owned = new OwnedBackend({ redis, userId, fence }, connection, name, queue.keys, toKey, ...rest);
        return owned;
      }),
    );
    if (owned === undefined) throw new Error('BullMQ made a worker without its backend');
    this.#owned = owned;
    this.#worker.on('error', () => {}); // Each call reports its own error to its caller.
  }

  /**
   * Puts jobs that a former owner had in hand back in line, oldest first out, before anything is fetched. BullMQ's own recovery of stalled
   * jobs returns them in no order.
   * @param note is told of them, the oldest first, before they are moved: a crash in between must not forget that they were in hand.
   */
  async recover(note: (jobs: RecoveredSend[]) => Promise<void>): Promise<void> {
    // Newest first: each put-back goes to the head of the line, so the oldest ends in front.
    const active = await this.#queue.getJobs(['active'], 0, -1, false);
    const jobs = active.filter((job) => job !== undefined);
    const aside = await listAside(this.#redis, this.#userId);
    await note(
      jobs.toReversed().map(({ id = '', processedOn = 0, attemptsMade }) => ({
        jobId: id,
        fetchedAt: processedOn,
        wasAside: aside.has(id),
        attempts: attemptsMade,
      })),
    );
    for (const job of jobs) await job.moveToWait('0');
    await forgetAllAside(this.#redis, this.#userId);
    this.#inHand = 0;
  }

  /**
   * The next job in line, or `null` where none waits.
   * @throws {Fenced} where another owner has taken over: the job is left to it. `strays`: jobs of this account are in hand that are not in
   * ours (a fetch was answered to nobody, or a former owner's came late), so what was fetched is not the next one for sure;
   * {@link recover} puts all in order again.
   */
  async next(): Promise<FetchedSend | 'strays' | null> {
    return this.#fetched(await this.#worker.getNextJob(this.#fence, { block: false }));
  }

  async #fetched(job: BullmqSend | undefined): Promise<FetchedSend | 'strays' | null> {
    if (job !== undefined) this.#inHand += 1;
    if (this.#owned.active !== this.#inHand) return 'strays';
    if (job === undefined) return null;
    if (sendJobSchema.safeParse(job.data).success) return this.#handOut(job);
    // Not of our making: it must not stand in the way of those behind it.
    await this.#fail(
      job,
      new GatewayError('INTERNAL', 'This job does not hold a message.', { jobId: job.id ?? '' }),
    );
    return this.next();
  }

  #handOut(job: BullmqSend): FetchedSend {
    return {
      ...contentOf(job),
      note: (progress) => job.updateProgress(progress),
      complete: (result, along = { fetchNext: false }) => this.#complete(job, result, along),
      fail: (error, attempts) => this.#fail(job, error, attempts),
      putBack: () => this.#putBack(job),
    };
  }

  async #complete(job: BullmqSend, result: SendResult, { state, attempts, fetchNext }: Along) {
    // As BullMQ gives a next job to whoever works by hand: its data and its id.
    const [data, id]: unknown[] =
      (await this.#owned.writeWithEndOf(job.id ?? '', { state, attempts }, () =>
        job.moveToCompleted(result, this.#fence, fetchNext),
      )) ?? [];
    this.#inHand -= 1;
    if (!fetchNext) return null;
    const next =
      typeof data === 'object' && data !== null
        ? Job.fromJSON<SendJob, SendResult, 'send'>(this.#worker, data as never, String(id))
        : undefined;
    return this.#fetched(next);
  }

  async #fail(job: BullmqSend, error: GatewayError, attempts?: number): Promise<void> {
    const reason = new UnrecoverableError(JSON.stringify(error.toPublic()));
    // Where in our code it was made says nothing to who reads it on the dashboard.
    reason.stack = '';
    await this.#owned.writeWithEndOf(job.id ?? '', { attempts }, () =>
      job.moveToFailed(reason, this.#fence, false),
    );
    this.#inHand -= 1;
  }

  async #putBack(job: BullmqSend): Promise<void> {
    await job.moveToWait(this.#fence);
    this.#inHand -= 1;
  }

  /** The oldest messages that wait in line, of which nothing has gone out. */
  async oldestWaiting(limit: number): Promise<WaitingSend[]> {
    return oldestWaiting(this.#redis, this.#userId, limit);
  }

  /** Fails messages that wait in line, in one step. @returns those that were failed. @throws {Fenced} */
  async failWaiting(jobs: readonly { jobId: string; error: GatewayError }[], now: number): Promise<string[]> {
    return failWaiting(this.#redis, { userId: this.#userId, fence: this.#fence }, jobs, now);
  }

  /** Puts jobs whose own time (`send_at`) has come in line, though the account is held: they go behind what was accepted before. */
  async promoteDue(now: number): Promise<void> {
    const delayed = await this.#queue.getDelayed(0, DUE_BATCH - 1);
    for (const job of delayed) {
      if (job !== undefined && job.timestamp + job.delay <= now) await job.promote();
    }
  }

  /** Puts every job that waits for a time of its own in line: the account is gone, and they must not outlive it. */
  async promoteAll(): Promise<void> {
    await this.#queue.promoteJobs();
  }

  /** When the next job's own time comes, ms since the epoch; `null`: none has one. */
  async nextDueAt(): Promise<number | null> {
    const [job] = await this.#queue.getDelayed(0, 0);
    return job === undefined ? null : job.timestamp + job.delay;
  }

  /** The greatest message id among this account's latest results to that recipient, as it was named; 0 where there is none. */
  async lastMessageIdTo(recipient: string): Promise<number> {
    const ended = await this.#queue.getCompleted(0, 199);
    const results = ended.filter((job) => job?.data.recipient === recipient).map((job) => job.returnvalue);
    return Math.max(0, ...results.flatMap((result) => [result.message_id, ...(result.message_ids ?? [])]));
  }

  async close(): Promise<void> {
    await this.#worker.close(true);
  }
}

import {
  GatewayError,
  sendJobSchema,
  sendProgressSchema,
  type SendJob,
  type SendProgress,
  type SendResult,
  type SendState,
} from '@gateway/contracts';
import { Job, UnrecoverableError, Worker } from 'bullmq';
import type { SendQueue } from './account-queues.ts';
import { forgetAllAside, listAside } from './aside-jobs.ts';
import { accountPrefix, SEND_QUEUE } from './keys.ts';
import { OwnedBackend } from './owned-backend.ts';
import type { RedisClient } from './redis.ts';
import type { SharedBackend } from './shared-backend.ts';

/**
 * ms: for ever. Ours is the ownership of the account, not of the job: a new owner takes jobs over by {@link SendConsumer.recover}, at
 * once. The lock is there so that a former owner, whose token differs, can end nothing any more; a job may be set aside for days.
 */
const LOCK_DURATION = 10 * 365 * 86_400_000;

/** Jobs held until a time of their own that are put in line at a time. */
const DUE_BATCH = 100;

/** A job in hand: fetched, not yet ended or put back. */
export interface FetchedSend {
  readonly jobId: string;
  readonly data: SendJob;
  /** When it was accepted, ms since the epoch. */
  readonly acceptedAt: number;
  /** ms since the epoch from which on it was to go out. */
  readonly dueAt: number;
  /** The trace that it belongs to, as it carries it; `undefined`: none. */
  readonly trace: string | undefined;
  /** What had gone out of it before it was fetched. */
  readonly progress: SendProgress;
  /** Notes what has gone out of it, before the next part goes. */
  note(progress: SendProgress): Promise<void>;
  /** Tells the queue of success, and does what goes with it in the same step. Rejects where the job is no longer ours. */
  complete(result: SendResult, along?: Along): Promise<FetchedSend | 'strays' | null>;
  /** Tells the queue of final failure. */
  fail(error: GatewayError): Promise<void>;
  /** Puts the job back at the head of the line, no attempt used up. Several: the newest first. */
  putBack(): Promise<void>;
}

/** What is done in one step with the end of a job. */
export interface Along {
  /** What must be remembered of the account's sends from now on; nothing new by default. */
  state?: SendState | undefined;
  /** Fetches the next job, as {@link SendConsumer.next} does. */
  fetchNext: boolean;
}

/** A job that a former owner had in hand when it ended. */
export interface RecoveredSend {
  jobId: string;
  /** When it was fetched, ms since the epoch: it was not sent before. */
  fetchedAt: number;
  /** It had been set aside, and so was not under way. */
  wasAside: boolean;
}

/** Works off one account's queue by hand, in order. Only the worker that owns the account makes one, after it has raised the fence. */
export class SendConsumer {
  readonly #redis: RedisClient;
  readonly #queue: SendQueue;
  readonly #userId: string;
  readonly #fence: string;
  readonly #worker: Worker<SendJob, SendResult, 'send'>;
  #owned: OwnedBackend | undefined;
  #inHand = 0;

  /** @param fence names the ownership; another owner's differs. */
  constructor(redis: RedisClient, backend: SharedBackend, queue: SendQueue, userId: string, fence: string) {
    this.#redis = redis;
    this.#queue = queue;
    this.#userId = userId;
    this.#fence = fence;
    this.#worker = new Worker<SendJob, SendResult, 'send'>(
      SEND_QUEUE,
      null,
      { connection: redis, autorun: false, lockDuration: LOCK_DURATION },
      backend(accountPrefix(userId), (connection, name, _keys, toKey, ...rest) => {
        // The queue's own: two dozen texts of an account need not be kept twice.
        this.#owned = new OwnedBackend(connection, name, queue.keys, toKey, ...rest);
        return this.#owned.own(redis, userId, fence);
      }),
    );
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
      jobs.toReversed().map(({ id = '', processedOn = 0 }) => ({
        jobId: id,
        fetchedAt: processedOn,
        wasAside: aside.has(id),
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

  async #fetched(job: OwnJob | undefined): Promise<FetchedSend | 'strays' | null> {
    if (job !== undefined) this.#inHand += 1;
    if (this.#owned?.active !== this.#inHand) return 'strays';
    if (job === undefined) return null;
    const fetched = new FetchedJob(job, this.#fence, {
      left: () => {
        this.#inHand -= 1;
      },
      complete: (result, along) => this.#complete(job, result, along),
    });
    if (sendJobSchema.safeParse(job.data).success) return fetched;
    // Not of our making: it must not stand in the way of those behind it.
    await fetched.fail(
      new GatewayError('INTERNAL', 'This job does not hold a message.', { jobId: fetched.jobId }),
    );
    return this.next();
  }

  async #complete(job: OwnJob, result: SendResult, { state, fetchNext }: Along) {
    if (state !== undefined) this.#owned?.writeWithEndOf(job.id ?? '', state);
    // As BullMQ gives a next job to whoever works by hand: its data and its id.
    const [data, id]: unknown[] = (await job.moveToCompleted(result, this.#fence, fetchNext)) ?? [];
    this.#inHand -= 1;
    if (!fetchNext) return null;
    const next =
      typeof data === 'object' && data !== null
        ? Job.fromJSON<SendJob, SendResult, 'send'>(this.#worker, data as never, String(id))
        : undefined;
    return this.#fetched(next);
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

type OwnJob = Job<SendJob, SendResult, 'send'>;

/** How a job leaves the hand of its consumer. */
interface Leaving {
  left: () => void;
  complete: (result: SendResult, along: Along) => Promise<FetchedSend | 'strays' | null>;
}

class FetchedJob implements FetchedSend {
  readonly jobId: string;
  readonly data: SendJob;
  readonly acceptedAt: number;
  readonly dueAt: number;
  readonly trace: string | undefined;
  readonly progress: SendProgress;
  readonly #job: OwnJob;
  readonly #token: string;
  readonly #leaving: Leaving;

  constructor(job: OwnJob, token: string, leaving: Leaving) {
    this.#job = job;
    this.#token = token;
    this.#leaving = leaving;
    this.jobId = job.id ?? '';
    this.data = job.data;
    this.acceptedAt = job.timestamp;
    this.dueAt = job.timestamp + (job.opts.delay ?? 0);
    this.trace = job.opts.telemetry?.metadata;
    // BullMQ's is 0 before anything was noted, for nearly every job.
    const progress = job.progress === 0 ? undefined : sendProgressSchema.safeParse(job.progress);
    this.progress = progress?.success === true ? progress.data : { sent: [] };
  }

  async note(progress: SendProgress): Promise<void> {
    await this.#job.updateProgress(progress);
  }

  async complete(
    result: SendResult,
    along: Along = { fetchNext: false },
  ): Promise<FetchedSend | 'strays' | null> {
    return this.#leaving.complete(result, along);
  }

  async fail(error: GatewayError): Promise<void> {
    const reason = new UnrecoverableError(JSON.stringify(error.toPublic()));
    // Where in our code it was made says nothing to who reads it on the dashboard.
    reason.stack = '';
    await this.#job.moveToFailed(reason, this.#token, false);
    this.#leaving.left();
  }

  async putBack(): Promise<void> {
    await this.#job.moveToWait(this.#token);
    this.#leaving.left();
  }
}

import {
  GatewayError,
  sendJobSchema,
  sendProgressSchema,
  type SendJob,
  type SendProgress,
  type SendResult,
} from '@gateway/contracts';
import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { SendQueue } from './account-queues.ts';
import { forgetAllAside, listAside } from './aside-jobs.ts';
import { Fenced } from './fence.ts';
import { accountPrefix, fenceKey, SEND_QUEUE } from './keys.ts';
import type { RedisClient } from './redis.ts';
import { Script } from './script.ts';
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
  /** Tells the queue of success. Rejects where the job is no longer ours. */
  complete(result: SendResult): Promise<void>;
  /** Tells the queue of final failure. */
  fail(error: GatewayError): Promise<void>;
  /** Puts the job back at the head of the line, no attempt used up. Several: the newest first. */
  putBack(): Promise<void>;
}

/** A job that a former owner had in hand when it ended. */
export interface RecoveredSend {
  jobId: string;
  /** When it was fetched, ms since the epoch: it was not sent before. */
  fetchedAt: number;
  /** It had been set aside, and so was not under way. */
  wasAside: boolean;
}

const CHECK = new Script(`return { redis.call('GET', KEYS[1]), redis.call('LLEN', KEYS[2]) }`);

/** Works off one account's queue by hand, in order. Only the worker that owns the account makes one, after it has raised the fence. */
export class SendConsumer {
  readonly #redis: RedisClient;
  readonly #queue: SendQueue;
  readonly #userId: string;
  readonly #fence: string;
  readonly #worker: Worker<SendJob, SendResult, 'send'>;
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
      backend(accountPrefix(userId)),
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
    const job = await this.#worker.getNextJob(this.#fence, { block: false });
    if (job !== undefined) this.#inHand += 1;
    // Asked after the fetch: if the fence still is ours now, it was when the job was given out.
    const activeKey = `${accountPrefix(this.#userId)}:${SEND_QUEUE}:active`;
    const reply = await CHECK.run(this.#redis, [fenceKey(this.#userId), activeKey]);
    const [fence, active] = Array.isArray(reply) ? reply.map(String) : [];
    if (fence !== this.#fence) throw new Fenced(this.#userId);
    if (Number(active) !== this.#inHand) return 'strays';
    if (job === undefined) return null;
    const fetched = new FetchedJob(job, this.#fence, () => {
      this.#inHand -= 1;
    });
    if (sendJobSchema.safeParse(job.data).success) return fetched;
    // Not of our making: it must not stand in the way of those behind it.
    await fetched.fail(
      new GatewayError('INTERNAL', 'This job does not hold a message.', { jobId: fetched.jobId }),
    );
    return this.next();
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

class FetchedJob implements FetchedSend {
  readonly jobId: string;
  readonly data: SendJob;
  readonly acceptedAt: number;
  readonly dueAt: number;
  readonly trace: string | undefined;
  readonly progress: SendProgress;
  readonly #job: Job<SendJob, SendResult, 'send'>;
  readonly #token: string;
  readonly #onLeft: () => void;

  constructor(job: Job<SendJob, SendResult, 'send'>, token: string, onLeft: () => void) {
    this.#job = job;
    this.#token = token;
    this.#onLeft = onLeft;
    this.jobId = job.id ?? '';
    this.data = job.data;
    this.acceptedAt = job.timestamp;
    this.dueAt = job.timestamp + (job.opts.delay ?? 0);
    this.trace = job.opts.telemetry?.metadata;
    const progress = sendProgressSchema.safeParse(job.progress);
    this.progress = progress.success ? progress.data : { sent: [] };
  }

  async note(progress: SendProgress): Promise<void> {
    await this.#job.updateProgress(progress);
  }

  async complete(result: SendResult): Promise<void> {
    await this.#job.moveToCompleted(result, this.#token, false);
    this.#onLeft();
  }

  async fail(error: GatewayError): Promise<void> {
    const reason = new UnrecoverableError(JSON.stringify(error.toPublic()));
    // Where in our code it was made says nothing to who reads it on the dashboard.
    reason.stack = '';
    await this.#job.moveToFailed(reason, this.#token, false);
    this.#onLeft();
  }

  async putBack(): Promise<void> {
    await this.#job.moveToWait(this.#token);
    this.#onLeft();
  }
}

import type { GatewayError, SendJob, SendResult } from '@gateway/contracts';
import { UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { SendQueue } from './account-queues.ts';
import { accountPrefix, SEND_QUEUE } from './keys.ts';
import type { SharedBackend } from './shared-backend.ts';

/**
 * BullMQ honours a queue's rate limit only for workers that have a limiter; this one never limits by itself.
 */
const NO_LIMIT = { max: Number.MAX_SAFE_INTEGER - 1, duration: 1_000 };

/**
 * ms. Ours is the ownership of the account, not of the job: a new owner takes jobs over by {@link SendConsumer.recover}, at once. The lock
 * is there so that a former owner, whose token differs, can end nothing any more.
 */
const LOCK_DURATION = 24 * 3_600_000;

/** A job in hand: fetched, not yet ended or put back. */
export interface FetchedSend {
  readonly jobId: string;
  readonly data: SendJob;
  /** Tells the queue of success. Rejects where the job is no longer ours. */
  complete(result: SendResult): Promise<void>;
  /** Tells the queue of final failure. */
  fail(error: GatewayError): Promise<void>;
  /** Puts the job back at the head of the line, no attempt used up. */
  putBack(): Promise<void>;
}

/** Works off one account's queue by hand: one job at a time, in order. Only the worker that owns the account makes one. */
export class SendConsumer {
  readonly #queue: SendQueue;
  readonly #openWorker: () => Worker<SendJob, SendResult, 'send'>;
  readonly #token: string;
  #worker: Worker<SendJob, SendResult, 'send'>;

  /** @param token names the owner; another owner must use another. */
  constructor(redis: Redis, backend: SharedBackend, queue: SendQueue, userId: string, token: string) {
    this.#queue = queue;
    this.#token = token;
    this.#openWorker = () => {
      const worker = new Worker<SendJob, SendResult, 'send'>(
        SEND_QUEUE,
        null,
        { connection: redis, autorun: false, limiter: NO_LIMIT, lockDuration: LOCK_DURATION },
        backend(accountPrefix(userId)),
      );
      worker.on('error', () => {}); // Each call reports its own error to its caller.
      return worker;
    };
    this.#worker = this.#openWorker();
  }

  /**
   * Puts jobs that a former owner had in hand back in line, oldest first out, before anything is fetched. BullMQ's own recovery of stalled
   * jobs returns them in no order.
   * @returns how many there were.
   */
  async recover(): Promise<number> {
    // Newest first: each put-back goes to the head of the line, so the oldest ends in front.
    const jobs = await this.#queue.getJobs(['active'], 0, -1, false);
    const held = jobs.filter((job) => job !== undefined);
    for (const job of held) await job.moveToWait('0');
    return held.length;
  }

  /** The next job in line, or `null` where none waits or the account is held. */
  async next(): Promise<FetchedSend | null> {
    const job = await this.#worker.getNextJob(this.#token, { block: false });
    return job === undefined ? null : new FetchedJob(job, this.#token);
  }

  /** Holds the whole queue for `ms`, in Redis: a restart does not forget it. */
  async hold(ms: number): Promise<void> {
    await this.#queue.rateLimit(Math.max(1, Math.ceil(ms)));
  }

  /** ms until a hold that Redis still has is over; 0 where there is none. */
  async heldFor(): Promise<number> {
    return Math.max(0, await this.#queue.getRateLimitTtl(NO_LIMIT.max));
  }

  /** Ends a hold before its time. BullMQ's worker remembers the limit it has seen, so it is replaced. */
  async unhold(): Promise<void> {
    await this.#queue.removeRateLimitKey();
    await this.close();
    this.#worker = this.#openWorker();
  }

  async close(): Promise<void> {
    await this.#worker.close(true);
  }
}

class FetchedJob implements FetchedSend {
  readonly jobId: string;
  readonly data: SendJob;
  readonly #job: Job<SendJob, SendResult, 'send'>;
  readonly #token: string;

  constructor(job: Job<SendJob, SendResult, 'send'>, token: string) {
    this.#job = job;
    this.#token = token;
    this.jobId = job.id ?? '';
    this.data = job.data;
  }

  async complete(result: SendResult): Promise<void> {
    await this.#job.moveToCompleted(result, this.#token, false);
  }

  async fail(error: GatewayError): Promise<void> {
    await this.#job.moveToFailed(
      new UnrecoverableError(JSON.stringify(error.toPublic())),
      this.#token,
      false,
    );
  }

  async putBack(): Promise<void> {
    await this.#job.moveToWait(this.#token);
  }
}

import { readJob as readJobData } from '@gateway/actions';
import { requireReply } from '../enqueue/replies-only.ts';
import { notifyOwner } from '../events/due-accounts.ts';
import { accountPrefix } from '../keys.ts';
import type { AccountQueues } from '../line/account-queues.ts';
import { cancelWaitingJob, type CancelOutcome } from '../line/cancel-job.ts';
import { retryJob } from '../line/retry-job.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import { asOf, readDecisiveView } from '../views/account-views.ts';
import type { WebhookOutbox } from '../webhooks/webhook-outbox.ts';
import { parseJobId } from './job-id.ts';

export interface AccountJobsOptions {
  redis: RedisClient;
  accounts: AccountQueues;
  calls: RedisCalls;
  clock: RedisClock;
  outbox: WebhookOutbox;
  shards: number;
}

/** The API's side of jobs that are in an account's queue, or were. Throws `QUEUE_UNAVAILABLE` while Redis is away. */
export class AccountJobs {
  readonly #options: AccountJobsOptions;

  constructor(options: AccountJobsOptions) {
    this.#options = options;
  }

  /** Notifies the account's worker of work that another process enqueued. */
  async notifyOwner(userId: string): Promise<void> {
    const { redis, calls, shards } = this.#options;
    await calls.read(() => notifyOwner(redis, shardOf(userId, shards), userId, 0));
  }

  /**
   * Cancels a send that waits in the queue or for its `send_at`, and publishes its end. Once the worker has fetched it,
   * only that worker can cancel it: the outcome is then `fetched`.
   */
  async cancelWaiting(userId: string, jobId: string): Promise<CancelOutcome> {
    const { redis, accounts, calls, clock, outbox } = this.#options;
    const outcome = await calls.change(accountPrefix(userId), async ({ endsAt, key }) => {
      // Enqueue the webhook before the job ends: a crash in between must not lose it.
      const { callbackUrl: url, retries } = (await accounts.of(userId).getJob(jobId))?.data ?? {};
      if (url !== undefined) await outbox.jobEnds(jobId, userId, url, retries);
      const deadline = clock.deadline(endsAt, key);
      return cancelWaitingJob(redis, userId, jobId, { now: Date.now(), deadline });
    });
    // Jobs that waited for it are at the head of the queue now.
    if (outcome === 'cancelled') await this.notifyOwner(userId).catch(() => {});
    return outcome;
  }

  /**
   * The digest of the request that this reply was written for. `null`: the message is no reply; `undefined`: there is
   * no such job.
   */
  async askedDigest(userId: string, jobId: string): Promise<string | null | undefined> {
    const { accounts, calls } = this.#options;
    const job = await calls.read(() => accounts.of(userId).getJob(jobId));
    return job === undefined ? undefined : (job.data.askedDigest ?? null);
  }

  /** The `recipient_id` to which this job of the account sends messages; `null` if there is no such job. */
  async recipientOf(userId: string, jobId: string): Promise<string | null> {
    if (parseJobId(jobId)?.userId !== userId) return null;
    const { accounts, calls } = this.#options;
    const job = await calls.read(() => accounts.of(userId).getJob(jobId));
    const read = job === undefined ? undefined : readJobData(job.name, job.data);
    if (read?.is !== 'known' || !read.action.makesMessages) return null;
    return read.action.chatsOf(read.data)[0];
  }

  /**
   * Retries a failed send under its own id, at the end of its account's queue. It is accepted anew, so `replies_only`
   * applies.
   * @throws {GatewayError} `TOO_LATE`, `JOB_NOT_FOUND`, `UPLOAD_NOT_FOUND`, `NOT_A_REPLY`, `RECEIVING_OFF`.
   */
  async retry(userId: string, jobId: string): Promise<void> {
    const { redis, accounts, calls, shards } = this.#options;
    const published = await calls.read(() => readDecisiveView(redis, userId, shardOf(userId, shards)));
    const { view } = asOf(published, Date.now());
    const recipient = view.replies_only === undefined ? null : await this.recipientOf(userId, jobId);
    if (recipient !== null) await calls.read(() => requireReply(redis, userId, view, recipient));
    await calls.change(accountPrefix(userId), async () =>
      retryJob(redis, await accounts.of(userId).getJob(jobId), jobId),
    );
    await this.notifyOwner(userId).catch(() => {});
  }
}

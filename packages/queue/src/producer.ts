import { readJob as readJobData, type NewJob } from '@gateway/actions';
import type { AccountView, GatewayError, JobView, SendState } from '@gateway/contracts';
import type { Logger, RedisAddress, Sealer } from '@gateway/runtime';
import { ControlJobs } from './control/control-jobs.ts';
import { ControlQueues } from './control/control-queues.ts';
import type { Admission } from './enqueue/enqueue-sends.ts';
import { placeJob, type PlacedJob } from './enqueue/place-job.ts';
import { requireReply } from './enqueue/replies-only.ts';
import { SendEnqueuer } from './enqueue/send-enqueuer.ts';
import { AccountWatcher, type AccountWatch } from './events/account-watcher.ts';
import { notifyOwner } from './events/due-accounts.ts';
import { NO_WAIT, ResultsListener, type JobWait } from './events/results-listener.ts';
import { AccountEvents } from './inbox/account-events.ts';
import { idempotentJobId, parseJobId } from './jobs/job-id.ts';
import { readJob } from './jobs/job-reader.ts';
import { accountPrefix, uploadsKey } from './keys.ts';
import { AccountQueues } from './line/account-queues.ts';
import { cancelWaitingJob, type CancelOutcome } from './line/cancel-job.ts';
import { countPending, type PendingCounts } from './line/pending-counts.ts';
import { retryJob } from './line/retry-job.ts';
import { readSendState } from './line/send-states.ts';
import type { UploadRecord } from './media/upload-record.ts';
import { addUpload, readUnusedBytes } from './media/uploads.ts';
import { claimShardCount, shardOf } from './ownership/shards.ts';
import { countLiveWorkers } from './ownership/workers.ts';
import { openProducerRedis, type RedisClient } from './redis/clients.ts';
import { RateLimits } from './redis/rate-limits.ts';
import { RedisCalls } from './redis/redis-calls.ts';
import { RedisClock } from './redis/redis-clock.ts';
import { faultOf, unfitFor } from './redis/redis-fault.ts';
import { readRedisSetup, requireFitRedis, type RedisSetup } from './redis/redis-setup.ts';
import { timelyBackend } from './redis/timely-backend.ts';
import { WebhookSubscriptions } from './subscriptions/webhook-subscriptions.ts';
import { asOf, readDecisiveView } from './views/account-views.ts';
import { BoardQueues } from './views/board-queues.ts';
import { Listings } from './views/listings.ts';
import { readMetrics } from './views/metrics-store.ts';
import { WebhookLog } from './webhooks/webhook-log.ts';
import { WebhookOutbox } from './webhooks/webhook-outbox.ts';
import { openWebhookQueue } from './webhooks/webhook-queue.ts';

export interface ProducerOptions {
  redisAddress: RedisAddress;
  shards: number;
  /** How long finished jobs are kept, in ms. */
  retentionMs: number;
  /** How long events are kept, in ms. Default: for ever. */
  eventRetentionMs?: number;
  /** Most messages of one account that may wait at a time. */
  maxPending: number;
  sealer: Sealer;
  logger: Logger;
}

export interface Accepted {
  jobId: string;
  /** Starts before the job is enqueued, so that it misses no end. A caller that does not use it must cancel it. */
  wait: JobWait;
}

export interface EnqueuedJob extends Accepted {
  /** The account's view at enqueue time. */
  view: AccountView;
  /** An earlier request with the same Idempotency-Key has enqueued it. */
  isRepeat: boolean;
}

/**
 * The API's side of the queues. Every method throws `QUEUE_UNAVAILABLE` when Redis is away, as {@link RedisCalls} does.
 */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #redis: RedisClient;
  readonly #accounts: AccountQueues;
  readonly #controlQueues: ControlQueues;
  readonly #results: ResultsListener;
  readonly #watcher: AccountWatcher;
  readonly #clock: RedisClock;
  readonly #calls: RedisCalls;
  readonly #rateLimits: RateLimits;
  readonly #outbox: WebhookOutbox;
  readonly #enqueuer: SendEnqueuer;
  /** Sign-in and other steps that a worker runs at once. */
  readonly control: ControlJobs;
  readonly webhooks: WebhookLog;
  /** The webhooks that deliver events. */
  readonly subscriptions: WebhookSubscriptions;
  /** The events of accounts that receive. */
  readonly events: AccountEvents;
  /** Lists of accounts and their messages, for people to read. */
  readonly listings: Listings;
  /** The queues that the dashboard shows. */
  readonly board: BoardQueues;

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#redis = openProducerRedis(options.redisAddress, options.logger);
    const clock = new RedisClock(this.#redis);
    this.#clock = clock;
    const backend = timelyBackend(this.#redis, clock);
    this.#accounts = new AccountQueues(this.#redis, backend, clock);
    this.#controlQueues = new ControlQueues(this.#redis, backend);
    this.#results = new ResultsListener(this.#redis, options.redisAddress);
    this.#watcher = new AccountWatcher(options.redisAddress, this.#redis);
    this.#calls = new RedisCalls(this.#redis, clock);
    this.#enqueuer = new SendEnqueuer({
      ...options,
      redis: this.#redis,
      accounts: this.#accounts,
      calls: this.#calls,
      clock,
    });
    this.control = new ControlJobs({
      ...options,
      queues: this.#controlQueues,
      calls: this.#calls,
      results: this.#results,
      job: (jobId) => this.job(jobId),
    });
    this.#rateLimits = new RateLimits(this.#redis);
    const webhooks = openWebhookQueue(this.#redis, backend);
    this.#outbox = new WebhookOutbox(this.#redis, webhooks);
    this.board = new BoardQueues(this.#redis, options.shards, clock);
    this.listings = new Listings(this.#redis, this.#accounts, this.#calls, options.shards);
    this.webhooks = new WebhookLog(this.#redis, webhooks, this.#calls);
    this.subscriptions = new WebhookSubscriptions(this.#redis, this.#calls, options);
    this.events = new AccountEvents(this.#redis, this.#calls, options);
  }

  /**
   * Checks that Redis is safe to keep messages in, and stores the number of shards there on first start.
   * @throws {ShardMismatch} where Redis was set up with another number of shards.
   * @throws {RedisUnfit} where a setting of Redis or REDIS_URL must be changed.
   */
  async claimShards(): Promise<void> {
    const fault = faultOf(this.#redis);
    if (fault?.isFinal === true) throw unfitFor(fault);
    await this.#calls.read(async () => {
      await requireFitRedis(this.#redis, this.#options.logger);
      await claimShardCount(this.#redis, this.#options.shards);
    });
  }

  /** Reads how Redis is set up now. */
  async redisSetup(): Promise<RedisSetup> {
    return this.#calls.read(() => readRedisSetup(this.#redis));
  }

  /** Why Redis is not reachable, in words; `null` if no fault is known. */
  get redisFault(): string | null {
    return faultOf(this.#redis)?.reason ?? null;
  }

  /**
   * Enqueues a job. Once this resolves, the job is in its account's queue; jobs run in the order in which they were
   * enqueued. The same Idempotency-Key leads to the same job.
   * @param admission is called with the account's view when the job is enqueued. If it throws a `GatewayError`, this
   * throws that error and enqueues nothing.
   * @param isAwaited whether the caller waits for the job's end.
   * @throws {GatewayError} `IDEMPOTENCY_MISMATCH` where the key belongs to another message, `QUEUE_FULL`.
   */
  async enqueue(job: NewJob, admission: Admission, isAwaited = true): Promise<EnqueuedJob> {
    const placed = this.#place(job);
    const { jobId } = placed;
    const wait = isAwaited ? this.#results.expect(jobId, job.data.userId) : NO_WAIT;
    try {
      return { jobId, wait, ...(await this.#enqueuer.one(placed, admission)) };
    } catch (error) {
      wait.cancel();
      throw error;
    }
  }

  /** The job id that a send of this account under this key has, or will have. */
  sendJobId(userId: string, idempotencyKey: string): string {
    return idempotentJobId(
      { kind: 'send', userId, shard: shardOf(userId, this.#options.shards) },
      idempotencyKey,
    );
  }

  /**
   * Enqueues messages of any accounts, each account's in the order given. A message that is refused does not stop the
   * others.
   * @returns for each message its job, or why it was not enqueued (as {@link enqueue} throws).
   * @throws {GatewayError} `QUEUE_UNAVAILABLE` where Redis took none.
   */
  async enqueueMany(
    jobs: readonly NewJob[],
    admission: Admission,
  ): Promise<({ jobId: string } | GatewayError)[]> {
    const placed = jobs.map((job) => this.#place(job));
    const refused = await this.#enqueuer.many(placed, admission);
    return placed.map((each) => refused.get(each) ?? { jobId: each.jobId });
  }

  #place(job: NewJob): PlacedJob {
    return placeJob(job, shardOf(job.data.userId, this.#options.shards));
  }

  /** Notifies the account's worker of work that another process enqueued. */
  async notifyOwner(userId: string): Promise<void> {
    await this.#calls.read(() => notifyOwner(this.#redis, shardOf(userId, this.#options.shards), userId, 0));
  }

  /**
   * Cancels a send that waits in the queue or for its `send_at`, and publishes its end. Once the worker has fetched it,
   * only that worker can cancel it: the outcome is then `fetched`.
   */
  async cancelWaiting(userId: string, jobId: string): Promise<CancelOutcome> {
    const outcome = await this.#calls.change(accountPrefix(userId), async ({ endsAt, key }) => {
      // Enqueue the webhook before the job ends: a crash in between must not lose it.
      const { callbackUrl: url, retries } = (await this.#accounts.of(userId).getJob(jobId))?.data ?? {};
      if (url !== undefined) await this.#outbox.jobEnds(jobId, userId, url, retries);
      return cancelWaitingJob(this.#redis, userId, jobId, {
        now: Date.now(),
        deadline: this.#clock.deadline(endsAt, key),
      });
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
    const job = await this.#calls.read(() => this.#accounts.of(userId).getJob(jobId));
    return job === undefined ? undefined : (job.data.askedDigest ?? null);
  }

  /** The `recipient_id` to which this job of the account sends messages; `null` if there is no such job. */
  async recipientOfJob(userId: string, jobId: string): Promise<string | null> {
    if (parseJobId(jobId)?.userId !== userId) return null;
    const job = await this.#calls.read(() => this.#accounts.of(userId).getJob(jobId));
    const read = job === undefined ? undefined : readJobData(job.name, job.data);
    if (read?.is !== 'known' || !read.action.makesMessages) return null;
    return read.action.chatsOf(read.data)[0];
  }

  async job(jobId: string): Promise<JobView | null> {
    const sources = {
      redis: this.#redis,
      accounts: this.#accounts,
      control: this.#controlQueues,
      shards: this.#options.shards,
      sealer: this.#options.sealer,
    };
    return this.#calls.read(() => readJob(sources, jobId, Date.now()));
  }

  /**
   * Waits for the end of a job that was enqueued earlier. The caller must cancel the wait.
   * @param userId the account whose holds end the wait too; by default none do.
   */
  watch(jobId: string, userId: string | null = null): JobWait {
    return this.#results.expect(jobId, userId);
  }

  /** Notices changes of the account's status and messages. The caller must close the watch. */
  watchAccount(userId: string): AccountWatch {
    return this.#watcher.watch(userId);
  }

  /**
   * Counts one try against a bucket of `limit` tries in `windowMs` ms, shared by all API processes. `retryAfter`: where
   * this try is not allowed, whole seconds until one is.
   */
  async takeToken(
    bucket: string,
    limit: number,
    windowMs: number,
  ): Promise<{ allowed: boolean; retryAfter: number }> {
    return this.#calls.read(() => this.#rateLimits.take(bucket, limit, windowMs));
  }

  /** @throws {GatewayError} `WORKER_UNAVAILABLE` where it is not known yet whether there is such an account. */
  async accountView(userId: string): Promise<AccountView> {
    const shard = shardOf(userId, this.#options.shards);
    const published = await this.#calls.read(() => readDecisiveView(this.#redis, userId, shard));
    return asOf(published, Date.now()).view;
  }

  async sendState(userId: string): Promise<SendState> {
    return this.#calls.read(() => readSendState(this.#redis, userId));
  }

  async pending(userId: string): Promise<PendingCounts> {
    return this.#calls.read(() => countPending(this.#redis, userId));
  }

  /** @throws {GatewayError} `NOT_A_REPLY`, `RECEIVING_OFF` where the account must not write to the recipient now. */
  async requireReply(userId: string, view: AccountView, recipientId: string): Promise<void> {
    await this.#calls.read(() => requireReply(this.#redis, userId, view, recipientId));
  }

  /**
   * Retries a failed send under its own id, at the end of its account's queue. It is accepted anew, so `replies_only`
   * applies.
   * @throws {GatewayError} `TOO_LATE`, `JOB_NOT_FOUND`, `UPLOAD_NOT_FOUND`, or as {@link requireReply}.
   */
  async retry(userId: string, jobId: string): Promise<void> {
    const view = await this.accountView(userId);
    const recipient = view.replies_only === undefined ? null : await this.recipientOfJob(userId, jobId);
    if (recipient !== null) await this.requireReply(userId, view, recipient);
    await this.#calls.change(accountPrefix(userId), async () =>
      retryJob(this.#redis, await this.#accounts.of(userId).getJob(jobId), jobId),
    );
    await this.notifyOwner(userId).catch(() => {});
  }

  /** Bytes of the account's uploads that no job uses. */
  async unusedUploadBytes(userId: string): Promise<number> {
    return this.#calls.read(() => readUnusedBytes(this.#redis, userId));
  }

  /** Records an upload whose bytes are stored. `false`: it would be over the quota. */
  async addUpload(userId: string, uploadId: string, record: UploadRecord, quota: number): Promise<boolean> {
    return this.#calls.change(uploadsKey(userId), () =>
      addUpload(this.#redis, userId, uploadId, record, quota),
    );
  }

  /** The metrics that the workers last published (JSON), by worker number. */
  async workerMetrics(): Promise<Map<number, string>> {
    return this.#calls.read(() => readMetrics(this.#redis));
  }

  async liveWorkers(): Promise<number> {
    return this.#calls.read(() => countLiveWorkers(this.#redis));
  }

  async close(): Promise<void> {
    this.#watcher.close();
    this.events.close();
    this.#results.close();
    await Promise.allSettled([this.#accounts, this.#controlQueues, this.board].map((part) => part.close()));
    this.#redis.disconnect();
  }
}

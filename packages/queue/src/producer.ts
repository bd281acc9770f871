import type { NewJob } from '@gateway/actions';
import type { AccountView, GatewayError, JobView, SendState } from '@gateway/contracts';
import type { Logger, RedisAddress, Sealer } from '@gateway/runtime';
import { ControlJobs } from './control/control-jobs.ts';
import { ControlQueues } from './control/control-queues.ts';
import { checkSends } from './enqueue/check-sends.ts';
import type { Admission, EnqueueOutcome } from './enqueue/enqueue-sends.ts';
import { placeJob, type PlacedJob } from './enqueue/place-job.ts';
import { requireReply } from './enqueue/replies-only.ts';
import { SendEnqueuer } from './enqueue/send-enqueuer.ts';
import { AccountWatcher, type AccountWatch } from './events/account-watcher.ts';
import { NO_WAIT, ResultsListener, type JobWait } from './events/results-listener.ts';
import { AccountEvents } from './inbox/account-events.ts';
import { AccountJobs } from './jobs/account-jobs.ts';
import { idempotentJobId } from './jobs/job-id.ts';
import { readJob } from './jobs/job-reader.ts';
import { AccountQueues } from './line/account-queues.ts';
import { countPending, type PendingCounts } from './line/pending-counts.ts';
import { readSendState } from './line/send-states.ts';
import { AccountUploads } from './media/account-uploads.ts';
import { arePublished } from './ownership/published-shards.ts';
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
  readonly #calls: RedisCalls;
  readonly #rateLimits: RateLimits;
  readonly #enqueuer: SendEnqueuer;
  /** Sends and actions that were enqueued. */
  readonly jobs: AccountJobs;
  /** The files that accounts uploaded. */
  readonly uploads: AccountUploads;
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
    const backend = timelyBackend(this.#redis, clock);
    this.#accounts = new AccountQueues(this.#redis, backend, clock);
    this.#controlQueues = new ControlQueues(this.#redis, backend);
    this.#results = new ResultsListener(this.#redis, options.redisAddress);
    this.#watcher = new AccountWatcher(options.redisAddress, this.#redis);
    this.#calls = new RedisCalls(this.#redis, clock);
    const webhooks = openWebhookQueue(this.#redis, backend);
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
    this.jobs = new AccountJobs({
      ...options,
      redis: this.#redis,
      accounts: this.#accounts,
      calls: this.#calls,
      clock,
      outbox: new WebhookOutbox(this.#redis, webhooks),
    });
    this.uploads = new AccountUploads(this.#redis, this.#calls);
    this.#rateLimits = new RateLimits(this.#redis);
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

  /**
   * Says what {@link enqueueMany} would do with these messages now, and enqueues nothing.
   * @returns for each message its account's view, or why it would not be enqueued.
   */
  async checkMany(jobs: readonly NewJob[], admission: Admission): Promise<EnqueueOutcome[]> {
    const placed = jobs.map((job) => this.#place(job));
    return this.#calls.read(() => checkSends(placed, admission, { ...this.#options, redis: this.#redis }));
  }

  #place(job: NewJob): PlacedJob {
    return placeJob(job, shardOf(job.data.userId, this.#options.shards));
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

  /** The metrics that the workers last published (JSON), by worker number. */
  async workerMetrics(): Promise<Map<number, string>> {
    return this.#calls.read(() => readMetrics(this.#redis));
  }

  async liveWorkers(): Promise<number> {
    return this.#calls.read(() => countLiveWorkers(this.#redis));
  }

  /** Whether workers have published all accounts. They do so at their start, and after Redis lost its data. */
  async knowsAccounts(): Promise<boolean> {
    return this.#calls.read(() => arePublished(this.#redis, this.#options.shards));
  }

  async close(): Promise<void> {
    this.#watcher.close();
    this.events.close();
    this.#results.close();
    await Promise.allSettled([this.#accounts, this.#controlQueues, this.board].map((part) => part.close()));
    this.#redis.disconnect();
  }
}

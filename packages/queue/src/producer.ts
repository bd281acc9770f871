import {
  CONTROL_JOBS,
  GatewayError,
  type AccountView,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
  type JobView,
  type SendState,
} from '@gateway/contracts';
import type { Logger, Sealer } from '@gateway/runtime';
import type { Redis } from 'ioredis';
import type { Admission } from './accept-sends.ts';
import { AccountQueues } from './account-queues.ts';
import { asOf, readDecisiveView } from './account-views.ts';
import { BoardQueues } from './board-queues.ts';
import { cancelWaitingSend, type CancelOutcome } from './cancel-send.ts';
import { ControlQueues } from './control-queues.ts';
import { ringDoorbell } from './doorbell.ts';
import { idempotentJobId, newJobId } from './job-id.ts';
import { readJob } from './job-reader.ts';
import { Listings } from './listings.ts';
import { readMetrics } from './metrics-store.ts';
import { countPending, type PendingCounts } from './pending.ts';
import { placeSend, type NewSend, type PlacedSend } from './place-send.ts';
import { RateLimits } from './rate-limits.ts';
import { RedisCalls } from './redis-calls.ts';
import { RedisClock } from './redis-clock.ts';
import { faultOf, unfitFor } from './redis-fault.ts';
import { readRedisSetup, requireFitRedis, type RedisSetup } from './redis-setup.ts';
import { openProducerRedis } from './redis.ts';
import { NO_WAIT, ResultsListener, ResultsPublisher, type JobWait } from './results.ts';
import { retrySend } from './retry-send.ts';
import { sealingContext } from './sealing-context.ts';
import { SendIntake } from './send-intake.ts';
import { readSendState } from './send-states.ts';
import { claimShardCount, shardOf } from './shards.ts';
import { timelyBackend } from './timely-backend.ts';
import { WebhookLog } from './webhook-log.ts';
import { WebhookOutbox } from './webhook-outbox.ts';
import { openWebhookQueue } from './webhook-queue.ts';
import { countLiveWorkers } from './workers.ts';

export interface ProducerOptions {
  redisUrl: string;
  shards: number;
  /** ms that finished jobs are kept. */
  retentionMs: number;
  /** Messages of an account that may wait at a time. */
  maxPending: number;
  sealer: Sealer;
  logger: Logger;
}

export interface Accepted {
  jobId: string;
  /** Begun before the job was added; whoever does not use it cancels it. */
  wait: JobWait;
}

export interface AcceptedSend extends Accepted {
  /** The account's view, as it was when the message was accepted. */
  view: AccountView;
}

/** The API's side of the queues. Every method throws `QUEUE_UNAVAILABLE` when Redis is away, as {@link RedisCalls} does. */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #redis: Redis;
  readonly #accounts: AccountQueues;
  readonly #control: ControlQueues;
  readonly #results: ResultsListener;
  readonly #published: ResultsPublisher;
  readonly #clock: RedisClock;
  readonly #calls: RedisCalls;
  readonly #rateLimits: RateLimits;
  readonly #outbox: WebhookOutbox;
  readonly #intake: SendIntake;
  readonly webhooks: WebhookLog;
  /** For people who look at accounts. */
  readonly listings: Listings;
  /** For the dashboard. */
  readonly board: BoardQueues;

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#redis = openProducerRedis(options.redisUrl, options.logger);
    const clock = new RedisClock(this.#redis);
    this.#clock = clock;
    const backend = timelyBackend(this.#redis, clock);
    this.#accounts = new AccountQueues(this.#redis, backend, clock);
    this.#control = new ControlQueues(this.#redis, backend);
    this.#results = new ResultsListener(options.shards, options.redisUrl);
    this.#published = new ResultsPublisher(this.#redis, backend);
    this.#calls = new RedisCalls(this.#redis, clock);
    this.#intake = new SendIntake({
      ...options,
      redis: this.#redis,
      accounts: this.#accounts,
      calls: this.#calls,
      clock,
    });
    this.#rateLimits = new RateLimits(this.#redis);
    const webhooks = openWebhookQueue(this.#redis, backend);
    this.#outbox = new WebhookOutbox(this.#redis, webhooks);
    this.board = new BoardQueues(this.#redis, options.shards, clock);
    this.listings = new Listings(this.#redis, this.#accounts, this.#calls, options.shards);
    this.webhooks = new WebhookLog(this.#redis, webhooks, this.#calls);
  }

  /**
   * Sees that Redis can be trusted with messages, and fixes the number of shards with it.
   * @throws {ShardMismatch} where Redis was set up with another. @throws {RedisUnfit} where a setting of Redis' or REDIS_URL must be changed.
   */
  async claimShards(): Promise<void> {
    const fault = faultOf(this.#redis);
    if (fault?.isFinal === true) throw unfitFor(fault);
    await this.#calls.read(async () => {
      await requireFitRedis(this.#redis, this.#options.logger);
      await claimShardCount(this.#redis, this.#options.shards);
    });
  }

  /** See {@link RedisCalls.outage}. */
  async outage(signal: AbortSignal): Promise<GatewayError | null> {
    return this.#calls.outage(signal);
  }

  /** How Redis is set up, as of now. */
  async redisSetup(): Promise<RedisSetup> {
    return this.#calls.read(() => readRedisSetup(this.#redis));
  }

  /** Why Redis is not reachable, in words; `null`: it is, as far as is known. */
  get redisFault(): string | null {
    return faultOf(this.#redis)?.reason ?? null;
  }

  /**
   * Accepts a send: once this resolves the job is in its account's queue and will be worked off in the order of acceptance.
   * The same `idempotencyKey` leads to the same job.
   * @param admission asked with the account's view, at the time at which the job joins the queue; the `GatewayError` that it throws is
   * thrown, and nothing is accepted then.
   * @param isAwaited whether its end is waited for.
   * @throws {GatewayError} `IDEMPOTENCY_MISMATCH` where the key belongs to another message, `QUEUE_FULL`.
   */
  async send(send: NewSend, admission: Admission, isAwaited = true): Promise<AcceptedSend> {
    const placed = this.#place(send);
    const { jobId } = placed;
    const wait = isAwaited ? this.#results.expect(jobId, send.job.userId) : NO_WAIT;
    try {
      const view = await this.#intake.one(placed, admission);
      return { jobId, wait, view };
    } catch (error) {
      wait.cancel();
      throw error;
    }
  }

  /** The id of the job that a send of this account under this key is, or will be. */
  sendJobId(userId: string, idempotencyKey: string): string {
    return idempotentJobId(
      { kind: 'send', userId, shard: shardOf(userId, this.#options.shards) },
      idempotencyKey,
    );
  }

  /**
   * Accepts messages of any accounts, each account's in the order given: all that can be accepted.
   * @returns for each its job, or why it was not accepted (as {@link send} throws).
   * @throws {GatewayError} `QUEUE_UNAVAILABLE` where Redis took none.
   */
  async sendMany(
    sends: readonly NewSend[],
    admission: Admission,
  ): Promise<({ jobId: string } | GatewayError)[]> {
    const placed = sends.map((send) => this.#place(send));
    const refused = await this.#intake.many(placed, admission);
    return placed.map((each) => refused.get(each) ?? { jobId: each.jobId });
  }

  #place(send: NewSend): PlacedSend {
    return placeSend(send, shardOf(send.job.userId, this.#options.shards));
  }

  /** The account has work that was not added here. */
  async ring(userId: string): Promise<void> {
    await this.#calls.read(() => ringDoorbell(this.#redis, shardOf(userId, this.#options.shards), userId, 0));
  }

  /** Adds a control job, sealed. It is refused by the worker if it was not begun by `expiresAt` (ms since the epoch). */
  async control<N extends ControlJobName>(
    name: N,
    userId: string,
    payload: ControlPayload<N>,
    details: { expiresAt: number; requestId: string },
  ): Promise<Accepted> {
    const shard = shardOf(userId, this.#options.shards);
    const jobId = newJobId({ kind: 'control', shard, userId });
    const wait = this.#results.expect(jobId, null);
    const queue = this.#control.of(shard);
    const sealed = this.#options.sealer.seal(JSON.stringify(payload), sealingContext(name, userId));
    try {
      await this.#calls.change(
        () => queue.add(name, { userId, sealed, ...details }, { jobId, ...this.#retention() }),
        () => queue.remove(jobId),
      );
      return { jobId, wait };
    } catch (error) {
      wait.cancel();
      throw error;
    }
  }

  /**
   * How a control job stands: its result, its error (thrown), or `null` while it has not ended.
   * @throws {GatewayError} what the job failed with; `JOB_NOT_FOUND`.
   */
  async controlResult<N extends ControlJobName>(name: N, jobId: string): Promise<ControlResult<N> | null> {
    const job = await this.job(jobId);
    if (job === null) throw new GatewayError('JOB_NOT_FOUND');
    if (job.error !== null) throw GatewayError.fromPublicJson(JSON.stringify(job.error)).with({ jobId });
    if (job.state !== 'completed') return null;
    // The catalogue types both ends: the worker writes what this schema reads.
    return CONTROL_JOBS[name].result.parse(job.result) as ControlResult<N>;
  }

  /** Withdraws a control job that no worker has begun. `false`: it has been begun, or has ended. */
  async withdraw(userId: string, jobId: string): Promise<boolean> {
    const queue = this.#control.of(shardOf(userId, this.#options.shards));
    return this.#calls.change(async () => {
      const job = await queue.getJob(jobId);
      if (job === undefined || (await job.getState()) !== 'waiting') return false;
      return (await queue.remove(jobId)) === 1;
    });
  }

  /**
   * Cancels a send that waits in line or for its time, and publishes its end. One that its worker has fetched, that worker alone can
   * cancel: `in-hand`.
   */
  async cancelWaiting(userId: string, jobId: string): Promise<CancelOutcome> {
    return this.#calls.change(async ({ endsAt }) => {
      // Before it has ended: a crash in between must not keep it from being told.
      const { callbackUrl: url, retries } = (await this.#accounts.of(userId).getJob(jobId))?.data ?? {};
      if (url !== undefined) await this.#outbox.jobEnds(jobId, userId, url, retries);
      const outcome = await cancelWaitingSend(this.#redis, userId, jobId, {
        now: Date.now(),
        deadline: this.#clock.deadline(endsAt),
      });
      if (outcome === 'cancelled')
        await this.#published.finished(shardOf(userId, this.#options.shards), jobId).catch(() => {});
      return outcome;
    });
  }

  /** The digest of the request that a reply was written for; `null`: it is no reply, `undefined`: there is no such job. */
  async askedDigest(userId: string, jobId: string): Promise<string | null | undefined> {
    const job = await this.#calls.read(() => this.#accounts.of(userId).getJob(jobId));
    return job === undefined ? undefined : (job.data.askedDigest ?? null);
  }

  async job(jobId: string): Promise<JobView | null> {
    const sources = {
      redis: this.#redis,
      accounts: this.#accounts,
      control: this.#control,
      shards: this.#options.shards,
      sealer: this.#options.sealer,
    };
    return this.#calls.read(() => readJob(sources, jobId, Date.now()));
  }

  /**
   * A wait for the end of a job that somebody added before; whoever asks cancels it.
   * @param userId the account whose holds end the wait too; none do by default.
   */
  watch(jobId: string, userId: string | null = null): JobWait {
    return this.#results.expect(jobId, userId);
  }

  /**
   * Counts one try against a bucket of `limit` tries in `windowMs` ms, shared by all API processes.
   * `retryAfter`: whole seconds until a try is allowed again, where this one is not.
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
    return this.#calls.read(() => countPending(this.#redis, this.#accounts.of(userId), userId));
  }

  /**
   * Has a send that has failed tried again, under its own id, at the end of its account's line.
   * @throws {GatewayError} `TOO_LATE`, `JOB_NOT_FOUND`.
   */
  async retry(userId: string, jobId: string): Promise<void> {
    await this.#calls.change(async () => retrySend(await this.#accounts.of(userId).getJob(jobId), jobId));
    await this.ring(userId).catch(() => {});
  }

  /** What the workers have left of their metrics (JSON), by their numbers. */
  async workerMetrics(): Promise<Map<number, string>> {
    return this.#calls.read(() => readMetrics(this.#redis));
  }

  async liveWorkers(): Promise<number> {
    return this.#calls.read(() => countLiveWorkers(this.#redis));
  }

  async close(): Promise<void> {
    await Promise.allSettled(
      [this.#results, this.#accounts, this.#control, this.board].map((part) => part.close()),
    );
    this.#redis.disconnect();
  }

  #retention() {
    const age = Math.ceil(this.#options.retentionMs / 1_000);
    return { removeOnComplete: { age }, removeOnFail: { age } };
  }
}

import { createHash } from 'node:crypto';
import {
  CONTROL_JOBS,
  GatewayError,
  type AccountView,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
  type JobView,
  type SendJob,
  type SendState,
} from '@gateway/contracts';
import { withTimeout, type Logger, type Sealer } from '@gateway/runtime';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { AccountQueues } from './account-queues.ts';
import { readAccountView } from './account-views.ts';
import { countAside } from './aside-jobs.ts';
import { ControlQueues } from './control-queues.ts';
import { ringDoorbell } from './doorbell.ts';
import { idempotentJobId, newJobId } from './job-id.ts';
import { readJob } from './job-reader.ts';
import { openProducerRedis } from './redis.ts';
import { ResultsListener, type JobWait } from './results.ts';
import { sealingContext } from './sealing-context.ts';
import { readSendState } from './send-states.ts';
import { claimShardCount, ShardMismatch, shardOf } from './shards.ts';
import { sharedBackend } from './shared-backend.ts';
import { takeToken } from './tries.ts';
import { countLiveWorkers } from './workers.ts';

export interface ProducerOptions {
  redisUrl: string;
  shards: number;
  /** ms that finished jobs are kept. */
  retentionMs: number;
  sealer: Sealer;
  logger: Logger;
}

export interface Accepted {
  jobId: string;
  /** Begun before the job was added; whoever does not use it cancels it. */
  wait: JobWait;
}

/** How many jobs of an account wait, are held until a time of their own, or are being sent. */
export interface PendingCounts {
  waiting: number;
  delayed: number;
  active: number;
}

/** ms within which Redis must answer, all commands of a call together, before it counts as away. */
const CALL_TIMEOUT = 1_800;

/**
 * The API's side of the queues. Every method throws `QUEUE_UNAVAILABLE` within {@link CALL_TIMEOUT} ms when Redis is away; a job whose
 * adding was cut off so is taken back as soon as Redis answers again.
 */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #redis: Redis;
  readonly #accounts: AccountQueues;
  readonly #control: ControlQueues;
  readonly #results: ResultsListener;
  readonly #orphans = new Set<() => Promise<unknown>>();

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#redis = openProducerRedis(options.redisUrl, options.logger);
    const backend = sharedBackend(this.#redis);
    this.#accounts = new AccountQueues(this.#redis, backend);
    this.#control = new ControlQueues(this.#redis, backend);
    this.#results = new ResultsListener(options.shards, options.redisUrl);
    this.#redis.on('ready', () => void this.#withdrawOrphans());
  }

  /** Fixes the number of shards with Redis. @throws {ShardMismatch} where Redis was set up with another. */
  async claimShards(): Promise<void> {
    await this.#call(() => claimShardCount(this.#redis, this.#options.shards));
  }

  /**
   * Accepts a send: once this resolves the job is in its account's queue and will be worked off in the order of acceptance.
   * The same `idempotencyKey` leads to the same job; with another message it throws `IDEMPOTENCY_MISMATCH`.
   * @param sendAt ms since the epoch at which the job joins the line, behind what was accepted before; now by default.
   */
  async send(
    job: Omit<SendJob, 'digest'>,
    { idempotencyKey, sendAt }: { idempotencyKey?: string | undefined; sendAt?: number | undefined } = {},
  ): Promise<Accepted> {
    const shard = shardOf(job.userId, this.#options.shards);
    const address = { kind: 'send', shard, userId: job.userId } as const;
    const jobId = idempotencyKey === undefined ? newJobId(address) : idempotentJobId(address, idempotencyKey);
    const digest = digestOf(job, sendAt);
    // One reading of the clock: BullMQ adds the delay to the timestamp, and jobs of the same time must not be a millisecond apart.
    const timestamp = Date.now();
    const delay = Math.max(0, (sendAt ?? 0) - timestamp);
    const wait = this.#results.expect(jobId, job.userId);
    const queue = this.#accounts.of(job.userId);
    try {
      await this.#call(
        async () => {
          await queue.add('send', { ...job, digest }, { jobId, timestamp, delay, ...this.#retention() });
          if (idempotencyKey !== undefined) {
            // A repeated id is ignored by BullMQ, and the object returned shows the new data: what counts is what is stored.
            const stored = await queue.getJob(jobId);
            if (stored !== undefined && stored.data.digest !== digest)
              throw new GatewayError('IDEMPOTENCY_MISMATCH');
          }
        },
        idempotencyKey === undefined ? () => queue.remove(jobId) : undefined,
      );
      // The job is accepted; a bell that is not heard only costs it the time until the next sweep.
      await ringDoorbell(this.#redis, shard, job.userId, delay > 0 ? sendAt : 0).catch(() => {});
      return { jobId, wait };
    } catch (error) {
      wait.cancel();
      throw error;
    }
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
      await this.#call(
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

  /** Takes a control job back that nobody has begun. `false`: it has been begun, or has ended. */
  async withdraw(userId: string, jobId: string): Promise<boolean> {
    const queue = this.#control.of(shardOf(userId, this.#options.shards));
    return this.#call(async () => {
      const job = await queue.getJob(jobId);
      if (job === undefined || (await job.getState()) !== 'waiting') return false;
      return (await queue.remove(jobId)) === 1;
    });
  }

  async job(jobId: string): Promise<JobView | null> {
    const sources = {
      redis: this.#redis,
      accounts: this.#accounts,
      control: this.#control,
      shards: this.#options.shards,
    };
    return this.#call(() => readJob(sources, jobId, Date.now()));
  }

  /** A wait for the end of a job that somebody added before; whoever asks cancels it. */
  watch(jobId: string): JobWait {
    return this.#results.expect(jobId, null);
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
    return this.#call(() => takeToken(this.#redis, bucket, limit, windowMs));
  }

  async accountView(userId: string): Promise<AccountView> {
    return this.#call(() => readAccountView(this.#redis, userId, Date.now()));
  }

  async sendState(userId: string): Promise<SendState> {
    return this.#call(() => readSendState(this.#redis, userId));
  }

  async pending(userId: string): Promise<PendingCounts> {
    return this.#call(async () => {
      const [counts, inHand] = await Promise.all([
        this.#accounts.of(userId).getJobCounts('wait', 'delayed', 'active'),
        countAside(this.#redis, userId),
      ]);
      const active = counts['active'] ?? 0;
      const aside = Math.min(inHand, active);
      return {
        waiting: counts['wait'] ?? 0,
        delayed: (counts['delayed'] ?? 0) + aside,
        active: active - aside,
      };
    });
  }

  async liveWorkers(): Promise<number> {
    return this.#call(() => countLiveWorkers(this.#redis));
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#results.close(), this.#accounts.close(), this.#control.close()]);
    this.#redis.disconnect();
  }

  #retention() {
    const age = Math.ceil(this.#options.retentionMs / 1_000);
    return { removeOnComplete: { age }, removeOnFail: { age } };
  }

  /**
   * Runs commands under the time limit. `undo` takes back what a command cut off by the limit may yet do: Redis that was frozen works off
   * what it had received when it wakes.
   */
  async #call<T>(commands: () => Promise<T>, undo?: () => Promise<unknown>): Promise<T> {
    try {
      if (this.#redis.status !== 'ready') throw new Error(`Redis connection is ${this.#redis.status}`);
      return await withTimeLimit(commands(), CALL_TIMEOUT);
    } catch (error) {
      if (error instanceof GatewayError || error instanceof ShardMismatch) throw error;
      if (isOurFault(error)) throw GatewayError.from(error);
      if (undo !== undefined) this.#orphans.add(undo);
      if (this.#redis.status === 'ready') void this.#withdrawOrphans();
      throw new GatewayError('QUEUE_UNAVAILABLE', undefined, { retryAfter: 1, cause: error });
    }
  }

  async #withdrawOrphans(): Promise<void> {
    for (const undo of this.#orphans) {
      try {
        await undo();
        this.#orphans.delete(undo);
      } catch {
        return; // Redis is away again: the next `ready` goes on.
      }
    }
  }
}

/** What Redis and its client throw are plain errors of their own kinds; these are bugs or data that nobody here wrote. */
function isOurFault(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError, z.ZodError].some(
    (kind) => error instanceof kind,
  );
}

function digestOf({ requestId: _requestId, ...message }: Omit<SendJob, 'digest'>, sendAt?: number): string {
  return createHash('sha256')
    .update(JSON.stringify([message, sendAt]))
    .digest('base64url');
}

function withTimeLimit<T>(promise: Promise<T>, ms: number): Promise<T> {
  return withTimeout(promise, ms, () => new Error(`Redis did not answer within ${ms} ms`));
}

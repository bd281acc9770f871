import {
  CONTROL_JOBS,
  GatewayError,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
  type JobView,
} from '@gateway/contracts';
import type { Sealer } from '@gateway/runtime';
import type { JobWait, ResultsListener } from '../events/results-listener.ts';
import { newJobId } from '../jobs/job-id.ts';
import { shardPrefix } from '../keys.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import type { ControlQueues } from './control-queues.ts';
import { parseInSteps } from './parse-in-steps.ts';
import { sealingContext } from './sealing-context.ts';

export interface ControlJobsOptions {
  queues: ControlQueues;
  calls: RedisCalls;
  results: ResultsListener;
  job: (jobId: string) => Promise<JobView | null>;
  shards: number;
  /** How long finished jobs are kept, in ms. */
  retentionMs: number;
  sealer: Sealer;
}

/**
 * Sign-in and other steps that a worker runs while their caller waits. Every method throws `QUEUE_UNAVAILABLE` when
 * Redis is away, as {@link RedisCalls} does.
 */
export class ControlJobs {
  readonly #options: ControlJobsOptions;

  constructor(options: ControlJobsOptions) {
    this.#options = options;
  }

  /** Enqueues a sealed job. The worker refuses it if it starts after `expiresAt` (ms since the epoch). */
  async enqueue<N extends ControlJobName>(
    name: N,
    userId: string,
    payload: ControlPayload<N>,
    details: { expiresAt: number; requestId: string },
  ): Promise<{ jobId: string; wait: JobWait }> {
    const { queues, calls, results, sealer } = this.#options;
    const shard = this.#shardOf(userId);
    const jobId = newJobId({ kind: 'control', shard, userId });
    const wait = results.expect(jobId, null);
    const queue = queues.of(shard);
    const sealed = sealer.seal(JSON.stringify(payload), sealingContext(name, userId));
    try {
      await calls.change(
        shardPrefix(shard),
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
   * Returns the result of a job, throws its error, or returns `null` while it has not ended.
   * @throws {GatewayError} the error that the job failed with; `QUEUE_UNAVAILABLE` if Redis has lost it, in a failover.
   */
  async result<N extends ControlJobName>(name: N, jobId: string): Promise<ControlResult<N> | null> {
    const job = await this.#options.job(jobId);
    if (job === null) throw new GatewayError('QUEUE_UNAVAILABLE', 'The queue (Redis) has lost the job.');
    if (job.error !== null) throw GatewayError.fromPublicJson(JSON.stringify(job.error)).with({ jobId });
    if (job.state !== 'completed') return null;
    // The same schema types the worker's result, so the cast is safe.
    return (await parseInSteps(CONTROL_JOBS[name].result, job.result)) as ControlResult<N>;
  }

  /** Withdraws a job that no worker has started. `false`: a worker has started it, or it has ended. */
  async withdraw(userId: string, jobId: string): Promise<boolean> {
    const shard = this.#shardOf(userId);
    const queue = this.#options.queues.of(shard);
    return this.#options.calls.change(shardPrefix(shard), async () => {
      const job = await queue.getJob(jobId);
      if (job === undefined || (await job.getState()) !== 'waiting') return false;
      return (await queue.remove(jobId)) === 1;
    });
  }

  /** Removes a job that has ended, with its result. */
  async drop(userId: string, jobId: string): Promise<void> {
    const { queues, calls } = this.#options;
    await calls.read(() => queues.of(this.#shardOf(userId)).remove(jobId));
  }

  /** See {@link RedisCalls.outage}. @param userId the account whose job is awaited. */
  async outage(userId: string, signal: AbortSignal): Promise<GatewayError | null> {
    return this.#options.calls.outage(shardPrefix(this.#shardOf(userId)), signal);
  }

  #shardOf(userId: string): number {
    return shardOf(userId, this.#options.shards);
  }

  #retention() {
    const age = Math.ceil(this.#options.retentionMs / 1_000);
    return { removeOnComplete: { age }, removeOnFail: { age } };
  }
}

import { setImmediate as turn } from 'node:timers/promises';
import {
  CONTROL_JOBS,
  controlJobSchema,
  GatewayError,
  isControlJobName,
  type ControlJob,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
} from '@gateway/contracts';
import type { Logger, RedisAddress, Sealer } from '@gateway/runtime';
import { UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import { publishEnd } from '../events/results.ts';
import { CONTROL_QUEUE, shardPrefix } from '../keys.ts';
import { accountMoved, Fenced } from '../ownership/fence.ts';
import { openBlockingRedis, type RedisClient } from '../redis/clients.ts';
import { sharedBackend } from '../redis/shared-backend.ts';
import { ControlQueues } from './control-queues.ts';
import { resultContext, sealingContext } from './sealing-context.ts';

/** The handler of each control job. It throws {@link GatewayError}; any other error counts as `INTERNAL`. */
export type ControlHandlers = {
  [N in ControlJobName]: (userId: string, payload: ControlPayload<N>) => Promise<ControlResult<N>>;
};

export interface ControlConsumerOptions {
  redis: RedisClient;
  redisAddress: RedisAddress;
  shard: number;
  /**
   * Asks Redis whether this worker still owns the shard. After this process was suspended, its own clock cannot tell.
   */
  isOwner: () => Promise<boolean>;
  sealer: Sealer;
  handlers: ControlHandlers;
  logger: Logger;
}

/** Jobs of one shard that run at a time. They belong to different accounts: the jobs of one account run one by one. */
const CONCURRENCY = 50;

const NOT_RUN = 'The worker lost its connection to the queue (Redis) before this ran; it was not run.';

/** BullMQ's token with which a job may be ended that another worker has fetched. */
const ANY_WORKER = '0';

/**
 * Runs one shard's control jobs with a stock BullMQ worker. A job that a dead worker had started is failed, never run
 * twice.
 */
export class ControlConsumer {
  readonly #options: ControlConsumerOptions;
  readonly #worker: Worker<ControlJob, unknown>;
  readonly #blocking: RedisClient;

  constructor(options: ControlConsumerOptions) {
    this.#options = options;
    this.#blocking = openBlockingRedis(options.redisAddress);
    this.#worker = new Worker<ControlJob, unknown>(
      CONTROL_QUEUE,
      (job: Job<ControlJob, unknown>, token?: string) => this.#runAsOwner(job, token),
      {
        connection: options.redis,
        concurrency: CONCURRENCY,
        autorun: false,
        maxStalledCount: 0,
        runRetryDelay: 500,
        // No traces: BullMQ would write results into them, and results contain phone numbers.
      },
      sharedBackend(options.redis, this.#blocking)(shardPrefix(options.shard)),
    );
    const publish = (job: { id?: string | undefined } | undefined) => {
      if (job?.id === undefined) return;
      publishEnd(options.redis, job.id).catch((error: unknown) => {
        options.logger.warn(
          { err: error, jobId: job.id },
          'could not publish the end of a job; its callers read the job later',
        );
      });
    };
    this.#worker.on('completed', publish);
    this.#worker.on('failed', publish);
    this.#worker.on('error', () => {});
    void this.#failStarted()
      .catch((error: unknown) => {
        options.logger.warn({ err: error }, 'steps of an ended worker fail later');
      })
      .then(() => this.#worker.run())
      .catch(() => {}); // It is closed.
  }

  /** Fails the jobs that a former owner of the shard had started. BullMQ would take a minute to notice them. */
  async #failStarted(): Promise<void> {
    const { redis, shard, logger } = this.#options;
    const started = await new ControlQueues(redis, sharedBackend(redis)).of(shard).getJobs(['active']);
    const reason = new UnrecoverableError(JSON.stringify(accountMoved().toPublic()));
    for (const job of started) {
      await job.moveToFailed(reason, ANY_WORKER);
      logger.info({ jobId: job.id, job: job.name }, 'failed a step that an ended worker had started');
      await publishEnd(redis, job.id ?? '');
    }
  }

  /** Runs the job if this worker still owns the shard. Otherwise puts it back in the queue for the new owner. */
  async #runAsOwner(job: Job<ControlJob, unknown>, token: string | undefined): Promise<unknown> {
    const isOwner = await this.#options.isOwner().catch((error: unknown) => {
      const notRun = new GatewayError('WORKER_UNAVAILABLE', NOT_RUN, { retryAfter: 1, cause: error });
      throw new UnrecoverableError(JSON.stringify(notRun.toPublic()));
    });
    if (isOwner) return this.#run(job);
    await job.moveToWait(token);
    throw new WaitingError();
  }

  async #run(job: Job<ControlJob, unknown>): Promise<unknown> {
    const log = this.#options.logger.child({ jobId: job.id, job: job.name });
    try {
      if (!isControlJobName(job.name)) throw new Error(`no such control job: ${job.name}`);
      const result = await this.#dispatch(job.name, controlJobSchema.parse(job.data), log);
      // A large file has a thousand blocks.
      const level = job.name === 'read.file_block' ? 'debug' : 'info';
      log[level]({ userId: job.data.userId, requestId: job.data.requestId }, 'control job completed');
      // A page of messages may take some ms to convert, and as many to seal.
      await turn();
      // Seal the result: it may contain a code's hash, a phone number or a session, and BullMQ also writes it into its
      // events.
      return {
        sealed: this.#options.sealer.seal(JSON.stringify(result), resultContext(job.name, job.data.userId)),
      };
    } catch (thrown) {
      const error = thrown instanceof Fenced ? accountMoved() : GatewayError.from(thrown);
      const fields = {
        userId: job.data.userId,
        requestId: job.data.requestId,
        code: error.code,
        rpcError: error.details.rpcError,
      };
      if (error.code === 'INTERNAL')
        log.error({ ...fields, err: error.cause ?? error }, 'control job failed');
      else log.info(fields, 'control job refused');
      throw new UnrecoverableError(JSON.stringify(error.toPublic()));
    }
  }

  async #dispatch<N extends ControlJobName>(
    name: N,
    job: ControlJob,
    log: Logger,
  ): Promise<ControlResult<N>> {
    const { userId, sealed, expiresAt } = job;
    if (Date.now() > expiresAt) {
      throw new GatewayError('WORKER_UNAVAILABLE', 'No worker started the job in time; it was not run.');
    }
    const payload = CONTROL_JOBS[name].payload.parse(
      JSON.parse(this.#open(sealed, sealingContext(name, userId))),
    );
    log.debug({ userId, requestId: job.requestId }, 'control job started');
    return this.#options.handlers[name](userId, payload as ControlPayload<N>);
  }

  #open(sealed: string, context: string): string {
    try {
      return this.#options.sealer.open(sealed, context);
    } catch (error) {
      const message =
        'This API and its workers seal with different keys. Operator: set the same SESSION_ENCRYPTION_KEY everywhere.';
      throw new GatewayError('INTERNAL', message, { cause: error });
    }
  }

  /** Takes no more jobs and waits for those in progress. */
  async close(): Promise<void> {
    await this.#worker.close();
    this.#blocking.disconnect();
  }

  /** Stops at once. The next worker fails the jobs that were in progress. */
  abandon(): void {
    this.#worker.close(true).catch(() => {});
    this.#blocking.disconnect();
  }
}

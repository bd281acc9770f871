import { webhookJobSchema, type JobView, type WebhookAttempt, type WebhookJob } from '@gateway/contracts';
import { sleep, type Logger, type RedisAddress } from '@gateway/runtime';
import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq';
import { WEBHOOK_PREFIX, WEBHOOK_QUEUE } from '../keys.ts';
import { openBlockingRedis, type RedisClient } from '../redis/clients.ts';
import { sharedBackend } from '../redis/shared-backend.ts';
import { tracing } from '../redis/tracing.ts';
import { webhookBackoff } from './webhook-backoff.ts';

/** How one try ended. {@link WebhookConsumerOptions.deliver} never throws. */
interface DeliveryOutcome {
  status: number | null;
  error: string | null;
  /** Another try would not help. */
  final: boolean;
  retryAfterMs: number | null;
  ms: number;
}

export interface WebhookConsumerOptions {
  redis: RedisClient;
  redisAddress: RedisAddress;
  /** Reads a job as the API shows it. */
  readJob: (jobId: string) => Promise<JobView | null>;
  deliver: (webhook: { id: string; url: string; body: string; attempt: number }) => Promise<DeliveryOutcome>;
  logger: Logger;
  /** Returns ms until the next try. Tests replace it. */
  backoff?: (attempt: number) => number;
}

const CONCURRENCY = 50;
/** Most tries at a time to one receiver, and for one account: slow receivers must not delay the others. */
const AT_ONE_RECEIVER = 5;
const OF_ONE_ACCOUNT = 20;
const BUSY_MS = 1_000;
/** How long until a job that has not ended is read again, in ms: first and longest wait. */
const NOT_ENDED_MS = 500;
const NOT_ENDED_LONGEST_MS = 5_000;
/** Most recent tries of a webhook that are kept for the API to show. */
const ATTEMPTS_SHOWN = 40;

const ENDED: ReadonlySet<JobView['state']> = new Set(['completed', 'failed', 'cancelled']);

type Webhook = Job<WebhookJob, null>;

/** Delivers webhooks. Several processes may run one each. */
export class WebhookConsumer {
  readonly #options: WebhookConsumerOptions;
  readonly #worker: Worker<WebhookJob, null>;
  readonly #blocking: RedisClient;
  /** How many tries are under way, by receiver and by account. */
  readonly #underWay = new Map<string, number>();

  constructor(options: WebhookConsumerOptions) {
    this.#options = options;
    this.#blocking = openBlockingRedis(options.redisAddress);
    const { backoff = webhookBackoff } = options;
    this.#worker = new Worker<WebhookJob, null>(
      WEBHOOK_QUEUE,
      (job: Webhook, token?: string) => this.#process(job, token),
      {
        connection: options.redis,
        concurrency: CONCURRENCY,
        // A delivery that a dead process had started is tried again. The receiver recognizes it by its id.
        maxStalledCount: 100,
        runRetryDelay: 500,
        ...tracing(),
        settings: {
          backoffStrategy: (attempt, _type, error) => Math.max(backoff(attempt), waitOf(error)),
        },
      },
      sharedBackend(options.redis, this.#blocking)(WEBHOOK_PREFIX),
    );
    this.#worker.on('error', () => {});
  }

  async #process(job: Webhook, token: string | undefined): Promise<null> {
    const webhook = webhookJobSchema.parse(job.data);
    const body = webhook.body ?? (await this.#bodyOf(job, webhook, token));
    // Save the body at once: every try must post the same bytes, even if the job changes meanwhile.
    if (webhook.body === undefined) await job.updateData({ ...webhook, body });
    const places = [
      { of: `receiver ${new URL(webhook.url).host}`, most: AT_ONE_RECEIVER },
      { of: `account ${webhook.user_id}`, most: OF_ONE_ACCOUNT },
    ];
    if (places.some(({ of, most }) => (this.#underWay.get(of) ?? 0) >= most))
      return later(job, token, BUSY_MS * (1 + 4 * Math.random()));
    for (const { of } of places) this.#count(of, 1);
    try {
      await this.#try(job, { ...webhook, body });
      return null;
    } finally {
      for (const { of } of places) this.#count(of, -1);
    }
  }

  #count(of: string, more: number): void {
    const count = (this.#underWay.get(of) ?? 0) + more;
    if (count === 0) this.#underWay.delete(of);
    else this.#underWay.set(of, count);
  }

  /** Builds the body to post. If the job has not ended yet, the webhook is delayed; that does not count as a try. */
  async #bodyOf(job: Webhook, webhook: WebhookJob, token: string | undefined): Promise<string> {
    if (webhook.about === 'account') return JSON.stringify(webhook.event);
    const view = await this.#options.readJob(webhook.job_id);
    if (view === null) throw new UnrecoverableError('The job does not exist any more.');
    if (!ENDED.has(view.state)) {
      const age = Date.now() - job.timestamp;
      await later(job, token, Math.min(Math.max(age, NOT_ENDED_MS), NOT_ENDED_LONGEST_MS));
    }
    return JSON.stringify({ status: 'ok', ...view });
  }

  async #try(job: Webhook, webhook: WebhookJob & { body: string }): Promise<void> {
    const { deliver, logger } = this.#options;
    const { url, body } = webhook;
    const id = job.id ?? '';
    const attempt = job.attemptsMade + 1;
    const outcome = await deliver({ id, url, body, attempt });
    await job.updateData({
      ...webhook,
      attempts: [...webhook.attempts, shown(outcome)].slice(-ATTEMPTS_SHOWN),
    });
    const line = { webhookId: id, userId: webhook.user_id, attempt, status: outcome.status, ms: outcome.ms };
    if (outcome.error === null) {
      logger.debug(line, 'webhook delivered');
      return;
    }
    logger.info({ ...line, error: outcome.error, final: outcome.final }, 'webhook not delivered');
    if (outcome.final) throw new UnrecoverableError(outcome.error);
    throw new NotDelivered(outcome.error, outcome.retryAfterMs ?? 0);
  }

  /** Takes no more webhooks, and waits at most `graceMs` ms for the tries in progress. */
  async close(graceMs: number): Promise<void> {
    const closing = this.#worker.close();
    const waited = new AbortController();
    const inTime = await Promise.race([
      closing.then(() => true),
      sleep(graceMs, waited.signal).then(() => false),
    ]);
    waited.abort();
    // Deliveries that are cut off here are tried again by another process.
    if (!inTime) this.#worker.close(true).catch(() => {});
    this.#blocking.disconnect();
  }
}

class NotDelivered extends Error {
  readonly waitMs: number;

  constructor(message: string, waitMs: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

function waitOf(error: unknown): number {
  return error instanceof NotDelivered ? error.waitMs : 0;
}

/** Delays the webhook by `ms` without counting a try. */
async function later(job: Webhook, token: string | undefined, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

function shown({ status, error, ms }: DeliveryOutcome): WebhookAttempt {
  return { at: new Date().toISOString(), status, error, ms };
}

import type { AccountEvent, WebhookJob } from '@gateway/contracts';
import { parseJobId } from '../jobs/job-id.ts';
import { webhookLogKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { WEBHOOK_ATTEMPTS } from './webhook-backoff.ts';
import type { WebhookQueue } from './webhook-queue.ts';

/** Seconds that ended deliveries can be read and replayed, how many are kept in all, and how many per account. */
const KEPT_FOR = 7 * 86_400;
const KEPT = 100_000;
const LISTED = 2_000;

/** Prefixes of webhook ids, by the subject of the webhook. */
const JOB = 'job-';
const ACCOUNT = 'account-';

/**
 * Enqueues webhooks. Enqueue one before storing the change that it reports: after a crash in between, it is still
 * delivered once the change is stored. Enqueueing the same webhook twice delivers it once.
 */
export class WebhookOutbox {
  readonly #redis: RedisClient;
  readonly #queue: WebhookQueue;

  constructor(redis: RedisClient, queue: WebhookQueue) {
    this.#redis = redis;
    this.#queue = queue;
  }

  /**
   * Enqueues the webhook that posts an ended job, or one about to end, to `url`.
   * @param retries number of manual retries of the job: each of its ends has a webhook of its own.
   */
  async jobEnds(jobId: string, userId: string, url: string, retries = 0): Promise<void> {
    await this.#add(webhookIdOf(jobId, retries), {
      about: 'job',
      job_id: jobId,
      user_id: userId,
      url,
      attempts: [],
    });
  }

  async accountChanged(event: AccountEvent, url: string): Promise<void> {
    await this.#add(`${ACCOUNT}${event.id}`, {
      about: 'account',
      event,
      user_id: event.user_id,
      url,
      attempts: [],
    });
  }

  async #add(id: string, webhook: WebhookJob): Promise<void> {
    const log = webhookLogKey(webhook.user_id);
    await this.#redis
      .pipeline()
      // NX keeps the time of the first enqueueing, by which the list is sorted.
      .zadd(log, 'NX', Date.now(), id)
      .zremrangebyrank(log, 0, -LISTED - 1)
      .expire(log, KEPT_FOR + 86_400)
      .exec();
    await this.#queue.add(webhook.about, webhook, {
      jobId: id,
      attempts: WEBHOOK_ATTEMPTS,
      backoff: { type: 'custom' },
      removeOnComplete: { age: KEPT_FOR, count: KEPT },
      removeOnFail: { age: KEPT_FOR, count: KEPT },
    });
  }
}

/** The id of the webhook that reports a job's end. */
export function webhookIdOf(jobId: string, retries = 0): string {
  return `${JOB}${jobId}${retries === 0 ? '' : `~${retries}`}`;
}

export function isWebhookId(text: string): boolean {
  if (text.startsWith(JOB)) return parseJobId(text.slice(JOB.length).replace(/~\d{1,6}$/, '')) !== null;
  return text.startsWith(ACCOUNT) && /^[0-9a-f]{26}$/.test(text.slice(ACCOUNT.length));
}

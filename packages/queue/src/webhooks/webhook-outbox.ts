import type { AccountEvent, WebhookJob } from '@gateway/contracts';
import { parseJobId } from '../jobs/job-id.ts';
import { webhookLogKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { WEBHOOK_ATTEMPTS } from './webhook-backoff.ts';
import type { WebhookQueue } from './webhook-queue.ts';

/** s that deliveries that have ended can be read and replayed, and how many of one account. */
const KEPT_FOR = 7 * 86_400;
const KEPT = 100_000;
const LISTED = 2_000;

/** What ids begin with, by what a webhook tells of. */
const JOB = 'job-';
const ACCOUNT = 'account-';

/**
 * What is to be told goes in here before what it tells of is written down: a crash in between tells of it all the same, once it has
 * come about. The same thing put in twice is one webhook.
 */
export class WebhookOutbox {
  readonly #redis: RedisClient;
  readonly #queue: WebhookQueue;

  constructor(redis: RedisClient, queue: WebhookQueue) {
    this.#redis = redis;
    this.#queue = queue;
  }

  /**
   * The job ends, or has ended: its JSON will be posted there.
   * @param retries how often it was tried again by hand: each of its ends is told.
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
      // Only the first time: the list is in the order of beginnings.
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

/** The id of the webhook that tells of a job's end. */
export function webhookIdOf(jobId: string, retries = 0): string {
  return `${JOB}${jobId}${retries === 0 ? '' : `~${retries}`}`;
}

export function isWebhookId(text: string): boolean {
  if (text.startsWith(JOB)) return parseJobId(text.slice(JOB.length).replace(/~\d{1,6}$/, '')) !== null;
  return text.startsWith(ACCOUNT) && /^[0-9a-f]{26}$/.test(text.slice(ACCOUNT.length));
}

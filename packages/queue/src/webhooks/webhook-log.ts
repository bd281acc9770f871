import type { WebhookDelivery, WebhookJob } from '@gateway/contracts';
import type { Job } from 'bullmq';
import { WEBHOOK_PREFIX, webhookLogKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import { hiddenUrl } from './hidden-url.ts';
import { isWebhookId } from './webhook-outbox.ts';
import type { WebhookQueue } from './webhook-queue.ts';

export interface DeliveryQuery {
  userId: string;
  state?: WebhookDelivery['state'] | undefined;
  /** Most deliveries to return. */
  limit: number;
  /** The `cursor` of the previous page. */
  cursor?: string | undefined;
}

export interface DeliveryPage {
  deliveries: WebhookDelivery[];
  /** For the next page; `null`: this is the last. */
  cursor: string | null;
}

/** Deliveries read at a time. */
const CHUNK = 100;

/**
 * Reads and replays webhooks: the latest two thousand of each account, kept for a week. Throws `QUEUE_UNAVAILABLE`
 * while Redis is away.
 */
export class WebhookLog {
  readonly #redis: RedisClient;
  readonly #queue: WebhookQueue;
  readonly #calls: RedisCalls;

  constructor(redis: RedisClient, queue: WebhookQueue, calls: RedisCalls) {
    this.#redis = redis;
    this.#queue = queue;
    this.#calls = calls;
  }

  /** The webhooks of one account, newest first. `null`: the cursor is not, or no longer, in the account's log. */
  async list(query: DeliveryQuery): Promise<DeliveryPage | null> {
    return this.#calls.read(() => this.#list(query));
  }

  async read(id: string): Promise<WebhookDelivery | null> {
    return this.#calls.read(() => this.#read(id));
  }

  /**
   * Delivers the webhook again at once, with the same bytes and a full set of tries. `null`: there is no such webhook.
   */
  async replay(id: string): Promise<WebhookDelivery | null> {
    return this.#calls.change(WEBHOOK_PREFIX, () => this.#replay(id));
  }

  async #list({ userId, state, limit, cursor }: DeliveryQuery): Promise<DeliveryPage | null> {
    const deliveries: WebhookDelivery[] = [];
    const ids = await this.#idsBehind(userId, cursor);
    if (ids === null) return null;
    for (let at = 0; at < ids.length && deliveries.length <= limit; at += CHUNK) {
      const chunk = await Promise.all(ids.slice(at, at + CHUNK).map((id) => this.#read(id)));
      deliveries.push(
        ...chunk
          .filter((each) => each !== null)
          .filter((each) => state === undefined || each.state === state),
      );
    }
    const page = deliveries.slice(0, limit);
    return { deliveries: page, cursor: deliveries.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  async #idsBehind(userId: string, cursor: string | undefined): Promise<string[] | null> {
    const key = webhookLogKey(userId);
    if (cursor === undefined) return this.#redis.zrevrange(key, 0, -1);
    const rank = await this.#redis.zrevrank(key, cursor);
    return rank === null ? null : this.#redis.zrevrange(key, rank + 1, -1);
  }

  async #read(id: string): Promise<WebhookDelivery | null> {
    // BullMQ stores other keys beside the jobs, whose names could be mistaken for an id.
    const job = isWebhookId(id) ? await this.#queue.getJob(id) : undefined;
    return job === undefined ? null : describe(job, await job.getState());
  }

  async #replay(id: string): Promise<WebhookDelivery | null> {
    const job = isWebhookId(id) ? await this.#queue.getJob(id) : undefined;
    if (job === undefined) return null;
    const state = await job.getState();
    try {
      if (state === 'completed' || state === 'failed') await job.retry(state, { resetAttemptsMade: true });
      else if (state === 'delayed') await job.promote();
    } catch (error) {
      // Another caller was faster, or a try has started: the delivery is in progress.
      if ((await job.getState()) === state) throw error;
    }
    return this.#read(id);
  }
}

function describe(job: Job<WebhookJob, null>, state: string): WebhookDelivery {
  const { data } = job;
  const ended = state === 'completed' ? 'delivered' : state === 'failed' ? 'failed' : 'pending';
  const dueAt = state === 'delayed' ? (job.processedOn ?? job.timestamp) + job.delay : null;
  return {
    id: job.id ?? '',
    type: data.about === 'job' ? 'job' : data.event.type,
    user_id: data.user_id,
    job_id: data.about === 'job' ? data.job_id : null,
    // The URL for account events belongs to the operator, and its path may contain a secret.
    url: data.about === 'job' ? hiddenUrl(data.url) : hostOf(data.url),
    state: ended,
    attempts: data.attempts,
    created_at: new Date(job.timestamp).toISOString(),
    next_attempt_at: dueAt === null ? null : new Date(dueAt).toISOString(),
  };
}

function hostOf(text: string): string {
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}/…`;
}

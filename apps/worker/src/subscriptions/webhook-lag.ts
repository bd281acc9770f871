import { readLags, type RedisClient } from '@gateway/queue';
import { Pauses } from '@gateway/runtime';
import type { WebhookLane } from './webhook-lane.ts';

/** Accounts that are read at a time. */
const CHUNK = 100;

/** With more accounts behind than this, the lag is read only every {@link SELDOM_MS}. */
const MANY = 1_000;
const SELDOM_MS = 30_000;

export interface Lag {
  /** Events that webhooks have not taken. */
  sum: number;
  /** The most events of one account that one webhook has not taken. */
  max: number;
}

/** Measures how far active webhooks are behind. It reads only accounts with events for them: rest costs nothing. */
export class WebhookLag {
  readonly #redis: RedisClient;
  readonly #now: () => number;
  #latest: Lag = { sum: 0, max: 0 };
  #readAgainAt = 0;

  constructor(redis: RedisClient, now: () => number) {
    this.#redis = redis;
    this.#now = now;
  }

  /** @param lanes the webhooks, and the accounts that may have events for each. */
  async of(lanes: Iterable<Pick<WebhookLane, 'webhook' | 'behind'>>): Promise<Lag> {
    const behind = new Map<string, string[]>();
    const pauses = new Pauses();
    for (const lane of lanes)
      for (const userId of lane.behind()) {
        const ids = behind.get(userId);
        if (ids === undefined) behind.set(userId, [lane.webhook.id]);
        else ids.push(lane.webhook.id);
        await pauses.pause();
      }
    if (behind.size > MANY && this.#now() < this.#readAgainAt) return this.#latest;
    this.#readAgainAt = this.#now() + SELDOM_MS;
    const lag: Lag = { sum: 0, max: 0 };
    const userIds = [...behind.keys()];
    for (let at = 0; at < userIds.length; at += CHUNK) {
      const chunk = userIds.slice(at, at + CHUNK);
      const lags = await Promise.all(chunk.map((userId) => readLags(this.#redis, userId)));
      for (const [index, { lastSeq, taken }] of lags.entries()) {
        for (const id of behind.get(chunk[index] ?? '') ?? []) {
          // Without a place of its own, the webhook has not begun with this account.
          const events = Math.max(0, lastSeq - (taken.get(id) ?? lastSeq));
          lag.sum += events;
          lag.max = Math.max(lag.max, events);
        }
      }
    }
    this.#latest = lag;
    return lag;
  }
}

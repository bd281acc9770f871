import type { WebhookError } from '@gateway/contracts';
import { Pauses, type Sealer } from '@gateway/runtime';
import { receivingAccounts } from '../inbox/receiving-of.ts';
import { WEBHOOKS_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import { isForAccount, type Webhook } from './subscription.ts';
import { sumLags } from './webhook-cursors.ts';
import { WebhookStore, type NewWebhook } from './webhook-store.ts';

/** A webhook with how far it is. */
export interface WebhookStanding extends Webhook {
  /** Events of all its accounts that it has not taken. */
  lag: number;
  lastError: WebhookError | null;
}

/** Why a webhook cannot be read, and what to do. */
export const UNREADABLE_WEBHOOK =
  'This webhook cannot be read with this SESSION_ENCRYPTION_KEY (or SESSION_ENCRYPTION_KEY_PREVIOUS): set the key that sealed it, or delete it and create it anew.';

/** The API's side of webhooks. Throws `QUEUE_UNAVAILABLE` while Redis is away. */
export class WebhookSubscriptions {
  readonly #redis: RedisClient;
  readonly #calls: RedisCalls;
  readonly #shards: number;
  readonly #store: WebhookStore;

  constructor(redis: RedisClient, calls: RedisCalls, { shards, sealer }: { shards: number; sealer: Sealer }) {
    this.#redis = redis;
    this.#calls = calls;
    this.#shards = shards;
    this.#store = new WebhookStore(redis, sealer);
  }

  async create(webhook: NewWebhook): Promise<WebhookStanding> {
    const created = await this.#calls.change(WEBHOOKS_KEY, () => this.#store.create(webhook));
    return { ...created, lag: 0, lastError: null };
  }

  /** The webhooks that `isVisible` accepts, the oldest first. */
  async list(isVisible: (webhook: Webhook) => boolean): Promise<WebhookStanding[]> {
    const webhooks = await this.#calls.read(() => this.#store.list());
    const visible: Webhook[] = [];
    const pauses = new Pauses();
    for (const webhook of webhooks) {
      if (isVisible(webhook)) visible.push(webhook);
      await pauses.pause();
    }
    return this.#standings(visible);
  }

  /** A webhook without its standing, which takes longer to read. */
  async find(id: string): Promise<Webhook | null> {
    return this.#calls.read(() => this.#store.read(id));
  }

  /** How far a webhook is. */
  async standing(webhook: Webhook): Promise<WebhookStanding> {
    const [standing] = await this.#standings([webhook]);
    return standing ?? { ...webhook, lag: 0, lastError: null };
  }

  /** @returns `false`: there is no such webhook. */
  async setState(id: string, state: Webhook['state']): Promise<boolean> {
    return this.#calls.change(WEBHOOKS_KEY, () => this.#store.setState(id, state));
  }

  /** @returns `false`: there is no such webhook. */
  async delete(id: string): Promise<boolean> {
    return this.#calls.change(WEBHOOKS_KEY, () => this.#store.delete(id));
  }

  /**
   * Reads each account once, however many webhooks it has. Each part is a call of its own: what takes long together
   * does not mean that Redis is away.
   */
  async #standings(webhooks: readonly Webhook[]): Promise<WebhookStanding[]> {
    const ids = webhooks.map(({ id }) => id);
    const lags = await sumLags(this.#redis, await this.#accountsOf(webhooks), ids, (commands) =>
      this.#calls.read(commands),
    );
    const errors = await this.#calls.read(() => this.#store.errors(ids));
    return webhooks.map((webhook) => ({
      ...webhook,
      lag: lags.get(webhook.id) ?? 0,
      lastError: webhook.isUnreadable ? unreadable() : (errors.get(webhook.id) ?? null),
    }));
  }

  /** The accounts with events that one of the webhooks is for. */
  async #accountsOf(webhooks: readonly Webhook[]): Promise<string[]> {
    if (webhooks.length === 0) return [];
    const userIds: string[] = [];
    const pauses = new Pauses();
    for (let shard = 0; shard < this.#shards; shard += 1)
      for (const userId of await this.#calls.read(() => receivingAccounts(this.#redis, shard))) {
        if (webhooks.some((webhook) => isForAccount(webhook, userId))) userIds.push(userId);
        await pauses.pause();
      }
    return userIds;
  }
}

function unreadable(): WebhookError {
  return { at: new Date().toISOString(), event_id: null, status: null, message: UNREADABLE_WEBHOOK };
}

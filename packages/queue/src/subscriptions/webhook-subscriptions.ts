import type { WebhookError } from '@gateway/contracts';
import type { Sealer } from '@gateway/runtime';
import { receivingAccounts } from '../inbox/receiving-of.ts';
import { WEBHOOKS_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import type { Webhook } from './subscription.ts';
import { readLags } from './webhook-cursors.ts';
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

/** Accounts whose places are read at a time. */
const CHUNK = 200;

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
    return this.#calls.read(async () => this.#standings((await this.#store.list()).filter(isVisible)));
  }

  async read(id: string): Promise<WebhookStanding | null> {
    return this.#calls.read(async () => {
      const webhook = await this.#store.read(id);
      const [standing = null] = webhook === null ? [] : await this.#standings([webhook]);
      return standing;
    });
  }

  /** @returns `false`: there is no such webhook. */
  async setState(id: string, state: Webhook['state']): Promise<boolean> {
    return this.#calls.change(WEBHOOKS_KEY, () => this.#store.setState(id, state));
  }

  /** @returns `false`: there is no such webhook. */
  async delete(id: string): Promise<boolean> {
    return this.#calls.change(WEBHOOKS_KEY, () => this.#store.delete(id));
  }

  /** Reads each account once, however many webhooks it has. */
  async #standings(webhooks: readonly Webhook[]): Promise<WebhookStanding[]> {
    const lags = new Map<string, number>();
    const userIds = await this.#accountsOf(webhooks);
    for (let at = 0; at < userIds.length; at += CHUNK) {
      const chunk = userIds.slice(at, at + CHUNK).map((userId) => readLags(this.#redis, userId));
      for (const { lastSeq, taken } of await Promise.all(chunk))
        for (const [id, seq] of taken) lags.set(id, (lags.get(id) ?? 0) + Math.max(0, lastSeq - seq));
    }
    const errors = webhooks.length === 0 ? new Map<string, WebhookError>() : await this.#store.errors();
    return webhooks.map((webhook) => ({
      ...webhook,
      lag: lags.get(webhook.id) ?? 0,
      lastError: webhook.isUnreadable ? unreadable() : (errors.get(webhook.id) ?? null),
    }));
  }

  async #accountsOf(webhooks: readonly Webhook[]): Promise<string[]> {
    if (webhooks.every(({ userIds }) => userIds !== null))
      return [...new Set(webhooks.flatMap(({ userIds }) => userIds ?? []))];
    const shards = Array.from({ length: this.#shards }, (_, shard) => receivingAccounts(this.#redis, shard));
    return (await Promise.all(shards)).flat();
  }
}

function unreadable(): WebhookError {
  return { at: new Date().toISOString(), event_id: null, status: null, message: UNREADABLE_WEBHOOK };
}

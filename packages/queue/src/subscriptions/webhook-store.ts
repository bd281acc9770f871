import type { WebhookError } from '@gateway/contracts';
import { SealingError, type Sealer } from '@gateway/runtime';
import { decodeTime, ulid } from 'ulid';
import type * as z from 'zod';
import { WEBHOOK_ERRORS_KEY, WEBHOOK_STATES_KEY, WEBHOOKS_CHANNEL, WEBHOOKS_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readTime, Script } from '../redis/script.ts';
import { storedWebhookSchema, webhookStateSchema, type Webhook } from './subscription.ts';

const ID_PREFIX = 'wh_';

/** KEYS: webhooks, states, channel. ARGV: webhook, state. A webhook that is deleted meanwhile stays deleted. */
const SET_STATE = new Script(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('PUBLISH', KEYS[3], ARGV[1])
return 1`);

/** KEYS: webhooks, errors. ARGV: webhook, error. */
const SET_ERROR = new Script(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])`);

/** KEYS: webhooks, states, errors, channel. ARGV: webhook. */
const DELETE = new Script(`
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('PUBLISH', KEYS[4], ARGV[1])
return 1`);

/** Webhooks as they are created. */
export type NewWebhook = Pick<Webhook, 'url' | 'secret' | 'userIds' | 'events' | 'filter'>;

/** The webhooks that callers have created. Address and secret are sealed. */
export class WebhookStore {
  readonly #redis: RedisClient;
  readonly #sealer: Sealer;

  constructor(redis: RedisClient, sealer: Sealer) {
    this.#redis = redis;
    this.#sealer = sealer;
  }

  async create(webhook: NewWebhook): Promise<Webhook> {
    const id = `${ID_PREFIX}${ulid().toLowerCase()}`;
    const [seconds, micros] = (await readTime(this.#redis, WEBHOOKS_KEY)) as [string, string];
    const createdAt = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    const { url, secret } = webhook;
    const stored = {
      ...webhook,
      id,
      createdAt,
      url: this.#sealer.seal(url, `webhook:${id}:url`),
      secret: this.#sealer.seal(secret, `webhook:${id}:secret`),
    };
    await this.#redis.hset(WEBHOOKS_KEY, id, JSON.stringify(stored));
    await this.#redis.publish(WEBHOOKS_CHANNEL, id);
    return { ...webhook, id, createdAt, state: 'active', stateAt: createdAt, isUnreadable: false };
  }

  /** All webhooks, the oldest first. */
  async list(): Promise<Webhook[]> {
    const [stored, states] = await Promise.all([
      this.#redis.hgetall(WEBHOOKS_KEY),
      this.#redis.hgetall(WEBHOOK_STATES_KEY),
    ]);
    return Object.entries(stored)
      .map(([id, json]) => this.#open(id, json, states[id]))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  async read(id: string): Promise<Webhook | null> {
    const [stored, state] = await Promise.all([
      this.#redis.hget(WEBHOOKS_KEY, id),
      this.#redis.hget(WEBHOOK_STATES_KEY, id),
    ]);
    return stored === null ? null : this.#open(id, stored, state ?? undefined);
  }

  /** @returns `false`: there is no such webhook. */
  async setState(id: string, state: Webhook['state']): Promise<boolean> {
    const json = JSON.stringify({ state, at: Date.now() });
    const keys = [WEBHOOKS_KEY, WEBHOOK_STATES_KEY, WEBHOOKS_CHANNEL];
    return (await SET_STATE.run(this.#redis, keys, [id, json])) === 1;
  }

  /** @returns `false`: there is no such webhook. */
  async delete(id: string): Promise<boolean> {
    const keys = [WEBHOOKS_KEY, WEBHOOK_STATES_KEY, WEBHOOK_ERRORS_KEY, WEBHOOKS_CHANNEL];
    return (await DELETE.run(this.#redis, keys, [id])) === 1;
  }

  async setError(id: string, error: WebhookError): Promise<void> {
    await SET_ERROR.run(this.#redis, [WEBHOOKS_KEY, WEBHOOK_ERRORS_KEY], [id, JSON.stringify(error)]);
  }

  /** The latest failed delivery of each webhook. The cast is safe: only {@link setError} writes them. */
  async errors(): Promise<Map<string, WebhookError>> {
    const errors = await this.#redis.hgetall(WEBHOOK_ERRORS_KEY);
    return new Map(Object.entries(errors).map(([id, json]) => [id, JSON.parse(json) as WebhookError]));
  }

  /** Never throws: one unreadable webhook must not stop the others. */
  #open(id: string, json: string, stateJson: string | undefined): Webhook {
    const stored = parseJson(storedWebhookSchema, json) ?? damaged(id);
    const { createdAt } = stored;
    const state =
      stateJson === undefined
        ? { state: 'active' as const, at: createdAt }
        : parseJson(webhookStateSchema, stateJson);
    const url = this.#unseal(stored.url, `webhook:${id}:url`);
    const secret = this.#unseal(stored.secret, `webhook:${id}:secret`);
    if (state === null || url === null || secret === null) {
      const stateAt = state?.at ?? createdAt;
      return { ...stored, id, url: '', secret: '', state: 'paused', stateAt, isUnreadable: true };
    }
    return { ...stored, id, url, secret, state: state.state, stateAt: state.at, isUnreadable: false };
  }

  /** @returns `null` if the text was sealed with another key, or is damaged. */
  #unseal(sealed: string, context: string): string | null {
    try {
      return this.#sealer.open(sealed, context);
    } catch (error) {
      if (error instanceof SealingError) return null;
      throw error;
    }
  }
}

/** The text as the schema has it; `null` if it is none. */
function parseJson<S extends z.ZodType>(schema: S, json: string): z.output<S> | null {
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

/** What is known of a webhook whose record is damaged. Only keys without a list of accounts see it. */
function damaged(id: string): z.output<typeof storedWebhookSchema> {
  return { id, url: '', secret: '', userIds: null, events: [], filter: {}, createdAt: createdAtOf(id) };
}

/** ms since the epoch, from the ULID in the id. */
function createdAtOf(id: string): number {
  try {
    return decodeTime(id.slice(ID_PREFIX.length));
  } catch {
    return 0;
  }
}

import type { WebhookError } from '@gateway/contracts';
import { Pauses, SealingError, type Sealer } from '@gateway/runtime';
import { decodeTime, ulid } from 'ulid';
import { WEBHOOK_ERRORS_KEY, WEBHOOK_STATES_KEY, WEBHOOKS_CHANNEL, WEBHOOKS_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readTime, Script } from '../redis/script.ts';
import { setOf, webhookStateSchema, type StoredWebhook, type Webhook } from './subscription.ts';

const ID_PREFIX = 'wh_';

/** Webhooks that are read at a time: each may have a list of many accounts. */
const CHUNK = 10;

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
  /** Webhook → its record, and the text that it was read from. */
  #parsed = new Map<string, { json: string; stored: StoredWebhook }>();

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

  /** The ids of all webhooks. */
  async ids(): Promise<ReadonlySet<string>> {
    return new Set(await this.#redis.hkeys(WEBHOOKS_KEY));
  }

  /** All webhooks, the oldest first. */
  async list(): Promise<Webhook[]> {
    const [ids, states] = await Promise.all([
      this.#redis.hkeys(WEBHOOKS_KEY),
      this.#redis.hgetall(WEBHOOK_STATES_KEY),
    ]);
    const sorted = ids.toSorted();
    const webhooks: Webhook[] = [];
    const pauses = new Pauses();
    for (let at = 0; at < sorted.length; at += CHUNK) {
      const chunk = sorted.slice(at, at + CHUNK);
      for (const [index, json] of (await this.#redis.hmget(WEBHOOKS_KEY, ...chunk)).entries()) {
        const id = chunk[index] ?? '';
        if (json !== null) webhooks.push(this.#open(id, json, states[id]));
        await pauses.pause();
      }
    }
    const there = new Set(ids);
    for (const id of this.#parsed.keys()) if (!there.has(id)) this.#parsed.delete(id);
    return webhooks;
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

  /** The latest failed delivery of each of these webhooks. The cast is safe: only {@link setError} writes them. */
  async errors(ids: readonly string[]): Promise<Map<string, WebhookError>> {
    if (ids.length === 0) return new Map();
    const errors = await this.#redis.hmget(WEBHOOK_ERRORS_KEY, ...ids);
    return new Map(
      errors.flatMap((json, index) =>
        json === null ? [] : [[ids[index] ?? '', JSON.parse(json) as WebhookError]],
      ),
    );
  }

  /** Never throws: one unreadable webhook must not stop the others. */
  #open(id: string, json: string, stateJson: string | undefined): Webhook {
    const stored = this.#parse(id, json) ?? damaged(id);
    const { createdAt } = stored;
    const state =
      stateJson === undefined
        ? { state: 'active' as const, at: createdAt }
        : (webhookStateSchema.safeParse(parseJson(stateJson)).data ?? null);
    const url = this.#unseal(stored.url, `webhook:${id}:url`);
    const secret = this.#unseal(stored.secret, `webhook:${id}:secret`);
    if (state === null || url === null || secret === null) {
      const stateAt = state?.at ?? createdAt;
      return { ...stored, id, url: '', secret: '', state: 'paused', stateAt, isUnreadable: true };
    }
    return { ...stored, id, url, secret, state: state.state, stateAt: state.at, isUnreadable: false };
  }

  /** Parses a record once, since the list of its accounts may be long. */
  #parse(id: string, json: string): StoredWebhook | null {
    const known = this.#parsed.get(id);
    if (known?.json === json) return known.stored;
    const stored = parseJson(json);
    if (!isWebhook(stored)) return null;
    if (stored.userIds !== null) setOf(stored.userIds);
    this.#parsed.set(id, { json, stored });
    return stored;
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

/** `null` for a text that is no JSON. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Tells damaged records. Whole ones need no further check: only {@link WebhookStore.create} writes them. */
function isWebhook(record: unknown): record is StoredWebhook {
  return typeof record === 'object' && record !== null && 'secret' in record && 'createdAt' in record;
}

/** What is known of a webhook whose record is damaged. Only keys without a list of accounts see it. */
function damaged(id: string): StoredWebhook {
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

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  dropCursors,
  eventsChannel,
  Fenced,
  isForAccount,
  openCursor,
  parseNotice,
  readLags,
  receivingAccounts,
  shardOf,
  UNREADABLE_WEBHOOK,
  WEBHOOKS_CHANNEL,
  type ShardLease,
  type Subscriber,
  type Webhook,
} from '@gateway/queue';
import { Pauses, withTimeout } from '@gateway/runtime';
import { deliverEvents, type DeliveryParts } from './deliver-events.ts';
import { WebhookLag, type Lag } from './webhook-lag.ts';
import { WebhookLane, type Delivered } from './webhook-lane.ts';

/** How often due tries are looked for, and all accounts for events whose message was lost, ms. */
const TICK_MS = 500;
const LOOK_MS = 60_000;

/** Accounts that are read at a time, and the most places of webhooks that are looked at in one turn. */
const CHUNK = 100;
const PLACES = 5_000;

/** ms until a delivery is tried again that Redis, not the receiver, has failed. */
const AGAIN_MS = 5_000;

/** How long deliveries in progress may take to end when the worker gives a shard up, ms. */
const LEAVE_GRACE = 3_000;

export interface EventDeliveriesOptions extends DeliveryParts {
  shards: number;
  subscriber: Subscriber;
}

/**
 * Delivers events to webhooks, for the accounts of the shards that this worker owns. Each webhook has a lane of its
 * own, so a slow receiver delays no other.
 */
export class EventDeliveries {
  readonly #options: EventDeliveriesOptions;
  readonly #leases = new Map<number, ShardLease>();
  /** By webhook. */
  readonly #lanes = new Map<string, WebhookLane>();
  /** The lanes of webhooks for all accounts, and those for one account. */
  readonly #lanesOfAll = new Set<WebhookLane>();
  readonly #lanesOf = new Map<string, Set<WebhookLane>>();
  #paused: readonly Webhook[] = [];
  /** Deliveries in progress, by shard. */
  readonly #running = new Map<number, Set<Promise<unknown>>>();
  readonly #timers: NodeJS.Timeout[];
  readonly #lag: WebhookLag;
  #counts = { active: 0, paused: 0 };
  #loading: Promise<void> = Promise.resolve();
  /** The webhooks of the latest load. */
  #known: ReadonlySet<string> = new Set();

  constructor(options: EventDeliveriesOptions) {
    this.#options = options;
    const { subscriber } = options;
    this.#lag = new WebhookLag(options.redis, Date.now);
    subscriber.listen(WEBHOOKS_CHANNEL, () => this.#load()).catch(() => {}); // Closed before it was open.
    subscriber.onReady(() => {
      this.#load();
      this.#lookAtAll();
    });
    this.#load();
    this.#timers = [
      setInterval(() => this.#retryDue(), TICK_MS).unref(),
      setInterval(() => this.#lookAtAll(), LOOK_MS).unref(),
    ];
  }

  /** Delivers the events of the shard's accounts from now on. Call it once the accounts are open. */
  async addShard(lease: ShardLease): Promise<void> {
    const { shard } = lease;
    this.#leases.set(shard, lease);
    await this.#options.subscriber.listen(eventsChannel(shard), (message) => {
      const notice = parseNotice(message);
      if (notice.is === 'appended') for (const lane of this.#lanesFor(notice.userId)) lane.add(notice.userId);
    });
    await this.#loading;
    await this.#lookAt(shard);
  }

  /** Delivers no more events of the shard's accounts; waits a while for deliveries in progress. */
  async removeShard(shard: number): Promise<void> {
    if (!this.#leases.delete(shard)) return;
    this.#options.subscriber.forget(eventsChannel(shard));
    const running: Iterable<Promise<unknown>> = this.#running.get(shard) ?? [];
    const ended = Promise.allSettled(running);
    await withTimeout(ended, LEAVE_GRACE, () => new Error('not done in time')).catch(() => {});
  }

  /** How many webhooks there are, by state. */
  get counts(): { active: number; paused: number } {
    return this.#counts;
  }

  /** How far the active webhooks are behind with this worker's accounts. */
  lag(): Promise<Lag> {
    return this.#lag.of(this.#lanes.values());
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const lane of this.#lanes.values()) lane.close();
  }

  #lanesFor(userId: string): Iterable<WebhookLane> {
    const own = this.#lanesOf.get(userId);
    return own === undefined ? this.#lanesOfAll : [...this.#lanesOfAll, ...own];
  }

  /** Reads the webhooks again, one time after the other. */
  #load(): void {
    this.#loading = this.#loading.then(async () => {
      try {
        await this.#loadNow();
      } catch (error) {
        this.#options.logger.error({ err: error }, 'could not read the webhooks');
      }
    });
  }

  async #loadNow(): Promise<void> {
    const webhooks = await this.#options.store.list();
    for (const { id, isUnreadable } of webhooks)
      if (isUnreadable) this.#options.logger.error({ webhookId: id }, UNREADABLE_WEBHOOK);
    const active = new Map(webhooks.filter(({ state }) => state === 'active').map((each) => [each.id, each]));
    this.#counts = { active: active.size, paused: webhooks.length - active.size };
    const fresh: WebhookLane[] = [];
    const wasPaused = new Map(this.#paused.map(({ id, stateAt }) => [id, stateAt]));
    this.#paused = webhooks.filter(({ state, isUnreadable }) => state === 'paused' && !isUnreadable);
    const freshPaused = this.#paused.filter(({ id, stateAt }) => wasPaused.get(id) !== stateAt);
    for (const [id, lane] of this.#lanes) {
      if (active.get(id)?.stateAt === lane.webhook.stateAt && !lane.isClosed) continue;
      lane.close();
      this.#lanes.delete(id);
      await this.#forget(lane);
    }
    for (const [id, webhook] of active) {
      if (this.#lanes.has(id)) continue;
      const lane: WebhookLane = new WebhookLane(webhook, (userId) => this.#deliver(lane, userId), Date.now);
      this.#lanes.set(id, lane);
      fresh.push(lane);
      await this.#index(lane);
    }
    const there = new Set(webhooks.map(({ id }) => id));
    const deleted = new Set([...this.#known].filter((id) => !there.has(id)));
    this.#known = there;
    // Not awaited: it reads all accounts, and new webhooks must not wait for that.
    if (deleted.size > 0) void this.#dropCursors(deleted);
    for (const shard of this.#leases.keys()) await this.#look(shard, fresh, freshPaused);
  }

  /** Events that arrive before the lane is indexed wake it when its accounts are looked at. */
  async #index(lane: WebhookLane): Promise<void> {
    const { userIds } = lane.webhook;
    if (userIds === null) this.#lanesOfAll.add(lane);
    const pauses = new Pauses();
    for (const userId of userIds ?? []) {
      const lanes = this.#lanesOf.get(userId);
      if (lanes === undefined) this.#lanesOf.set(userId, new Set([lane]));
      else lanes.add(lane);
      await pauses.pause();
    }
  }

  async #forget(lane: WebhookLane): Promise<void> {
    this.#lanesOfAll.delete(lane);
    const pauses = new Pauses();
    for (const userId of lane.webhook.userIds ?? []) {
      const lanes = this.#lanesOf.get(userId);
      lanes?.delete(lane);
      if (lanes?.size === 0) this.#lanesOf.delete(userId);
      await pauses.pause();
    }
  }

  #retryDue(): void {
    for (const lane of this.#lanes.values()) lane.retryDue();
  }

  #lookAtAll(): void {
    for (const shard of this.#leases.keys()) void this.#lookAt(shard);
  }

  /** Never throws: the next look finds what this one misses. */
  async #lookAt(shard: number): Promise<void> {
    await this.#look(shard, [...this.#lanes.values()], this.#paused).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'could not look for undelivered events');
    });
  }

  /**
   * Wakes the lanes for the shard's accounts that have events for them. A paused webhook gets its place in each
   * account's sequence too: later it would not be known what it has missed.
   */
  async #look(shard: number, lanes: readonly WebhookLane[], paused: readonly Webhook[]): Promise<void> {
    const fence = this.#leases.get(shard)?.fence;
    if ((lanes.length === 0 && paused.length === 0) || fence === undefined) return;
    const { redis } = this.#options;
    const userIds = await receivingAccounts(redis, shard);
    const step = Math.max(1, Math.min(CHUNK, Math.floor(PLACES / (lanes.length + paused.length))));
    const unknown = new Set<string>();
    for (let at = 0; at < userIds.length && this.#leases.has(shard); at += step) {
      const look = async (userId: string) => {
        const laneOf = lanes.filter(({ webhook }) => isForAccount(webhook, userId));
        const pausedOf = paused.filter((webhook) => isForAccount(webhook, userId));
        if (laneOf.length === 0 && pausedOf.length === 0) return;
        const { lastSeq, taken } = await readLags(redis, userId);
        for (const id of taken.keys()) if (!this.#known.has(id)) unknown.add(id);
        for (const lane of laneOf) if (taken.get(lane.webhook.id) !== lastSeq) lane.add(userId);
        for (const webhook of pausedOf)
          if (!taken.has(webhook.id)) await openCursor(redis, userId, fence, webhook).catch(ignoreFenced);
      };
      await Promise.all(userIds.slice(at, at + step).map(look));
      await nextTurn();
    }
    if (unknown.size > 0) await this.#dropUnknown(unknown);
  }

  /** Deletes places of webhooks that were deleted while no worker ran, or while a delivery went on. */
  async #dropUnknown(unknown: ReadonlySet<string>): Promise<void> {
    // Read after the places: a webhook is there before it has one.
    const there = await this.#options.store.ids();
    const deleted = new Set([...unknown].filter((id) => !there.has(id)));
    if (deleted.size > 0) await this.#dropCursors(deleted);
  }

  /** Never throws: what remains of a deleted webhook is only a number in each account. */
  async #dropCursors(deleted: ReadonlySet<string>): Promise<void> {
    const { redis, logger } = this.#options;
    try {
      for (const shard of this.#leases.keys()) {
        const userIds = await receivingAccounts(redis, shard);
        for (let at = 0; at < userIds.length; at += CHUNK) {
          const chunk = userIds.slice(at, at + CHUNK);
          await Promise.all(chunk.map((userId) => dropCursors(redis, userId, (id) => !deleted.has(id))));
        }
      }
    } catch (error) {
      logger.warn({ err: error }, 'could not delete the places of a deleted webhook');
    }
  }

  /** Never throws. */
  async #deliver(lane: WebhookLane, userId: string): Promise<Delivered> {
    const shard = shardOf(userId, this.#options.shards);
    const lease = this.#leases.get(shard);
    if (lease?.valid !== true || lane.isClosed) return { is: 'stopped' };
    const running = this.#running.get(shard) ?? new Set();
    this.#running.set(shard, running);
    const delivery = deliverEvents(this.#options, lane.webhook, userId, {
      fence: lease.fence,
      mayDeliver: () => lease.valid && !lane.isClosed,
    });
    running.add(delivery);
    try {
      return await delivery;
    } catch (error) {
      if (error instanceof Fenced) return { is: 'stopped' };
      this.#options.logger.error({ err: error, userId, webhookId: lane.webhook.id }, 'events not delivered');
      return { is: 'failed', ms: AGAIN_MS };
    } finally {
      running.delete(delivery);
    }
  }
}

function ignoreFenced(error: unknown): void {
  if (!(error instanceof Fenced)) throw error;
}

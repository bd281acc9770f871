import {
  AccountQueues,
  countPending,
  DueAccountsListener,
  EventReader,
  Inbox,
  MemoryWatch,
  openConsumerRedis,
  sharedBackend,
  Subscriber,
  watchContact,
  openWebhookQueue,
  WebhookOutbox,
  WebhookStore,
} from '@gateway/queue';
import { parseRedisUrl, silentLogger, sleep, type Sealer } from '@gateway/runtime';
import type { SessionStore } from '@gateway/sessions';
import type { AccountClient, Telegram } from '@gateway/telegram';
import { createWorkerMetrics } from '@gateway/telemetry';
import { createFetcher, createWebhookSender } from '@gateway/webhooks';
import { NO_MEDIA } from '../../apps/api/src/testing/no-media.ts';
import { FileBlocks } from '../../apps/worker/src/media/file-blocks.ts';
import { MediaFetches } from '../../apps/worker/src/media/media-fetches.ts';
import { AccountCounts } from '../../apps/worker/src/metrics/account-counts.ts';
import { History } from '../../apps/worker/src/metrics/history.ts';
import { Ownership } from '../../apps/worker/src/ownership/ownership.ts';
import { startShardService } from '../../apps/worker/src/shard/shard-service.ts';
import { EventDeliveries } from '../../apps/worker/src/subscriptions/event-deliveries.ts';

const SENT = { message_id: 1, date: '2024-01-15T12:00:00Z' };
const USER = { id: 1, first_name: 'A', last_name: null, username: null, phone_number: null };
const CODE = {
  phone_code_hash: 'h',
  delivery: 'app',
  next_delivery: null,
  code_length: 5,
  timeout: null,
} as const;

/** A fake Telegram for one account of several workers. Records connections, and whether two were ever open at once. */
export class Connections {
  readonly open: string[] = [];
  overlaps = 0;
  sent = 0;

  /** The fake Telegram of one worker. Each call takes `ms`. */
  telegram(worker: string, ms = 1): Telegram {
    return {
      dataCenters: { ids: [2], areProduction: false },
      whyUnreachable: () => null,
      open: (session, _peers, { mayTalk = () => true } = {}): AccountClient => {
        let state: 'new' | 'up' | 'closed' = 'new';
        const close = async () => {
          if (state === 'up') this.open.splice(this.open.indexOf(worker), 1);
          state = 'closed';
        };
        const call = async <T>(answer: T): Promise<T> => {
          if (state === 'closed' || !mayTalk()) throw new Error('closed');
          if (state === 'new') {
            if (this.open.length > 0) this.overlaps += 1;
            this.open.push(worker);
            state = 'up';
          }
          await sleep(ms);
          return answer;
        };
        const nothing = () => call(undefined);
        return {
          connect: nothing,
          session: () => session ?? 'half a session',
          sendCode: () => call(CODE),
          resendCode: () => call(CODE),
          cancelCode: nothing,
          signIn: () => call({ status: 'authorized', user: USER }),
          exportLoginToken: () => call({ status: 'authorized', user: USER }),
          checkPassword: () => call(USER),
          signInBot: () => call(USER),
          me: () => call(USER),
          run: async () => {
            const sent = await call(SENT);
            this.sent += 1;
            return sent as never;
          },
          captionLimit: async () => 1024,
          read: () => Promise.reject(new Error('this worker reads nothing')),
          receive: () => Promise.reject(new Error('this worker receives nothing')),
          updatePlace: () => Promise.reject(new Error('this worker receives nothing')),
          readFile: () => Promise.reject(new Error('this worker reads nothing')),
          uploadPart: () => Promise.reject(new Error('this worker uploads nothing')),
          logOut: nothing,
          close,
        };
      },
    };
  }
}

/** A store in which these accounts are signed in. It saves nothing. Opening any other account takes `ms`. */
export function storeWith(userIds: readonly string[], ms = 0): SessionStore {
  const status = { state: 'ready', user: USER, reason: null, next_action: null } as const;
  const nothing = async () => {};
  const store: SessionStore = {
    ownedBy: () => store,
    list: async () => [...userIds],
    load: async (userId) => {
      if (userIds.includes(userId)) return { userId, status, session: 'a session', login: null };
      await sleep(ms);
      return null;
    },
    saveLogin: nothing,
    dropLogin: nothing,
    saveSession: nothing,
    saveStatus: nothing,
    delete: nothing,
    loadPeers: async () => ({ peers: [], missing: [] }),
    savePeers: nothing,
    checkWritable: nothing,
    close: nothing,
  };
  return store;
}

/** A worker with one shard, in this process. Everything but Telegram and the sessions is real. */
export class OneWorker implements AsyncDisposable {
  readonly ownership: Ownership;
  readonly accountCounts: AccountCounts;
  readonly history: History;
  readonly #redis: ReturnType<typeof openConsumerRedis>;
  readonly #subscriber: Subscriber;
  readonly #deliveries: EventDeliveries;
  readonly #dueAccounts: DueAccountsListener;
  /** How often it took the shard. */
  taken = 0;

  constructor(redisUrl: string, store: SessionStore, telegram: Telegram, sealer: Sealer) {
    const logger = silentLogger();
    const redisAddress = parseRedisUrl(redisUrl);
    const redis = openConsumerRedis(redisAddress, logger);
    const contact = watchContact(redis);
    const subscriber = new Subscriber(redisAddress, redis);
    const dueAccounts = new DueAccountsListener({ redis, subscriber, logger });
    const backend = sharedBackend(redis);
    const queues = new AccountQueues(redis, backend);
    const metrics = createWorkerMetrics();
    const accountCounts = new AccountCounts(dueAccounts);
    const history = new History({
      redis,
      metrics,
      busy: () => accountCounts.busy(),
      waiting: async (userId) => {
        const { waiting, delayed, active } = await countPending(redis, userId);
        return waiting + delayed + active;
      },
      now: Date.now,
    });
    const memory = new MemoryWatch(redis);
    const limits = { max: 1, maxBytes: 1, retentionMs: 60_000 };
    const inbox = new Inbox({ redis, shards: 1, sealer, isSealed: false, limits, memory });
    const deliveries = new EventDeliveries({
      redis,
      subscriber,
      shards: 1,
      reader: new EventReader(redis, sealer, limits.retentionMs),
      store: new WebhookStore(redis, sealer),
      sender: createWebhookSender({ secret: undefined, allowPrivate: false }),
      onTry: () => {},
      logger,
    });
    this.#deliveries = deliveries;
    const context = {
      redis,
      inbox,
      memory,
      deliveries,
      eventRetentionMs: limits.retentionMs,
      contact,
      redisAddress,
      backend,
      shards: 1,
      queues,
      dueAccounts,
      store,
      openNumbers: null,
      telegram,
      sealer,
      pace: {
        mode: 'off',
        rules: {
          burst: 1,
          per_minute: 1,
          chat_burst: 1,
          chat_interval: 1,
          group_interval: 1,
          strangers_per_day: 1,
        },
      },
      limits: { maxWaitMs: 86_400_000, dedupWindowMs: 3_600_000, maxFetched: 1_000 },
      retentionMs: 60_000,
      bot: null,
      outbox: new WebhookOutbox(redis, openWebhookQueue(redis, backend)),
      eventsUrl: null,
      media: NO_MEDIA,
      mediaQuota: 0,
      fetches: new MediaFetches({
        redis,
        media: NO_MEDIA,
        fetcher: createFetcher({ allowPrivate: false }),
        maxBytes: 1,
      }),
      blocks: new FileBlocks(NO_MEDIA),
      metrics,
      history,
      accountCounts,
      logger,
      now: Date.now,
    } as const;
    this.accountCounts = accountCounts;
    this.history = history;
    this.#redis = redis;
    this.#subscriber = subscriber;
    this.#dueAccounts = dueAccounts;
    this.ownership = new Ownership({
      redis,
      contact,
      subscriber,
      shards: 1,
      storeId: 'a store',
      logger,
      serve: (lease) => {
        this.taken += 1;
        return startShardService(context, lease);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ownership.stop();
    this.#deliveries.close();
    this.#subscriber.close();
    this.#dueAccounts.close().catch(() => {});
    this.#redis.disconnect();
  }
}

import { randomUUID } from 'node:crypto';
import {
  deviceSchema,
  GAP_REASONS,
  parseProxy,
  type AccountDevice,
  type ProxyServer,
} from '@gateway/contracts';
import { dropUnfinishedUploads, openMediaStore } from '@gateway/media';
import {
  AccountQueues,
  claimShardCount,
  countPending,
  DueAccountsListener,
  EventReader,
  Inbox,
  MemoryWatch,
  openConsumerRedis,
  openSealingKey,
  openWebhookQueue,
  requireFitRedis,
  sharedBackend,
  Subscriber,
  traceQueues,
  watchContact,
  whenReachable,
  WebhookOutbox,
  WebhookStore,
} from '@gateway/queue';
import {
  botUserId,
  eventLimits,
  paceSettings,
  redisAddress,
  SettingsError,
  withTimeout,
  type App,
  type Logger,
  type Settings,
} from '@gateway/runtime';
import { NumbersFile } from '@gateway/sessions';
import { createTelegram, slowCause } from '@gateway/telegram';
import { createWorkerMetrics, startTracing } from '@gateway/telemetry';
import { createFetcher, createWebhookSender } from '@gateway/webhooks';
import { FileBlocks } from './media/file-blocks.ts';
import { MediaFetches } from './media/media-fetches.ts';
import { keepMediaRetention } from './media/media-retention.ts';
import { AccountCounts } from './metrics/account-counts.ts';
import { countEvents, countTry } from './metrics/event-counts.ts';
import { History, keepHistory } from './metrics/history.ts';
import { publishMetrics } from './metrics/publish-metrics.ts';
import { Ownership } from './ownership/ownership.ts';
import { openFiles, openSessionsInRedis, refuseForeignStore } from './session-store.ts';
import type { Bot } from './shard/bot.ts';
import { startShardService } from './shard/shard-service.ts';
import type { WorkerContext } from './shard/worker-context.ts';
import { EventDeliveries } from './subscriptions/event-deliveries.ts';
import { startWebhooks } from './webhooks.ts';

/** Time limits for connecting to Telegram (key exchange included) and for one call, ms. */
const CONNECT_TIMEOUT = 15_000;
const CALL_TIMEOUT = 15_000;

/**
 * How many jobs of one account may be fetched at a time. Held jobs count, so this limits how many may wait while others
 * go on.
 */
const MAX_FETCHED = 1_000;

/** Time limit for writing the last metrics on close, ms. */
const CLOSE_GRACE = 1_000;

/** Time limit for handing the accounts over on close, ms. */
const STOP_TIMEOUT = 25_000;

/** What the log says where GramJS computes in JavaScript. */
const SLOW = {
  other_version:
    'this version of GramJS is not the tested one: it computes in JavaScript, so sends and files take more CPU',
  no_webassembly:
    'WebAssembly cannot be loaded (@mtcute/wasm): GramJS encrypts in JavaScript, so files take more CPU',
};

/**
 * Starts the worker: one process that holds the connections of its share of the accounts and runs their jobs. It is
 * ready once it serves the shards that were free.
 */
export async function startWorker(settings: Settings, logger: Logger): Promise<App> {
  const { TELEGRAM_API_ID: apiId, TELEGRAM_API_HASH: apiHash } = settings;
  if (apiId === undefined || apiHash === undefined) {
    throw new SettingsError(
      'Bad setting: TELEGRAM_API_ID and TELEGRAM_API_HASH are missing: get them at https://my.telegram.org',
    );
  }
  const key = await openSealingKey(settings, logger);
  // Before Redis, so that problems with the files show even when Redis is away.
  const files = settings.SESSION_STORE === 'file' ? await openFiles(settings, key) : null;
  const endTracing = await startTracingIf(settings);
  const metrics = createWorkerMetrics(GAP_REASONS);
  const telegram = createTelegram({
    apiId,
    apiHash,
    dataCenters: settings.TELEGRAM_DC,
    serverKeys: settings.TELEGRAM_DC_KEY ?? [],
    connectTimeoutMs: CONNECT_TIMEOUT,
    callTimeoutMs: CALL_TIMEOUT,
    proxy: proxyOf(settings),
    device: deviceOf(settings),
    onConnected: () => metrics.connected(),
    onDifference: (of, outcome) => metrics.receiving.difference(of, outcome),
  });
  if (slowCause !== null) logger.warn(SLOW[slowCause]);
  const address = redisAddress(settings);
  const redis = openConsumerRedis(address, logger);
  const contact = watchContact(redis);
  await whenReachable(redis);
  await requireFitRedis(redis, logger);
  await claimShardCount(redis, settings.SHARDS);
  const storeId = files?.id ?? 'redis';
  await refuseForeignStore(redis, storeId);
  const store = files?.store ?? (await openSessionsInRedis(redis, key));
  const media = await openMediaStore(settings);
  const fetches = new MediaFetches({
    redis,
    media,
    fetcher: createFetcher({ allowPrivate: settings.MEDIA_ALLOW_PRIVATE }),
    maxBytes: settings.MEDIA_MAX_BYTES,
  });
  const subscriber = new Subscriber(address, redis);
  const dueAccounts = new DueAccountsListener({ redis, subscriber, logger });
  const backend = sharedBackend(redis);
  const queues = new AccountQueues(redis, backend);
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
  const sender = createWebhookSender({ secret: undefined, allowPrivate: settings.WEBHOOK_ALLOW_PRIVATE });
  const deliveries = new EventDeliveries({
    redis,
    subscriber,
    shards: settings.SHARDS,
    reader: new EventReader(redis, key.sealer, settings.EVENTS_RETENTION),
    store: new WebhookStore(redis, key.sealer),
    sender,
    onTry: countTry(metrics.receiving),
    logger,
  });
  const context: WorkerContext = {
    redis,
    redisAddress: address,
    contact,
    backend,
    shards: settings.SHARDS,
    queues,
    dueAccounts,
    store,
    openNumbers: files && ((options) => new NumbersFile({ dataDir: settings.DATA_DIR, ...options })),
    media,
    fetches,
    blocks: new FileBlocks(media),
    mediaQuota: settings.MEDIA_QUOTA,
    telegram,
    sealer: key.sealer,
    pace: paceSettings(settings),
    limits: {
      maxWaitMs: settings.SEND_MAX_WAIT,
      dedupWindowMs: settings.SEND_DEDUP_WINDOW,
      maxFetched: MAX_FETCHED,
    },
    retentionMs: settings.JOB_RETENTION,
    outbox: new WebhookOutbox(redis, openWebhookQueue(redis, backend)),
    inbox: new Inbox({
      redis,
      shards: settings.SHARDS,
      sealer: key.sealer,
      isSealed: settings.EVENTS_SEALED,
      limits: eventLimits(settings),
      memory,
      onStored: countEvents(metrics.receiving, Date.now),
    }),
    memory,
    deliveries,
    eventRetentionMs: settings.EVENTS_RETENTION,
    eventsUrl: settings.EVENTS_CALLBACK_URL ?? null,
    metrics,
    accountCounts,
    history,
    bot: botOf(settings),
    logger,
    now: Date.now,
  };
  const webhooks = startWebhooks(settings, context);
  const publishing = new AbortController();
  const published = Promise.all([
    publishMetrics({ ...context, worker: randomUUID(), signal: publishing.signal }),
    keepHistory(history, redis, logger, publishing.signal),
    memory.run(publishing.signal),
    dropUnfinishedUploads(media, logger, publishing.signal),
    keepMediaRetention({
      redis,
      media,
      retentionMs: settings.MEDIA_RETENTION,
      quota: settings.MEDIA_QUOTA,
      logger,
      signal: publishing.signal,
    }),
  ]);
  const ownership = new Ownership({
    redis,
    contact,
    subscriber,
    shards: settings.SHARDS,
    storeId,
    metrics,
    logger,
    serve: (lease) => startShardService(context, lease),
  });

  return {
    ready: ownership.ready.then(() => ({})),
    close: async () => {
      // A hanging Redis must not keep the process alive: leases expire by themselves.
      await withTimeout(
        ownership.stop(),
        STOP_TIMEOUT,
        () => new Error('could not hand the accounts over in time'),
      ).catch((error: unknown) => logger.error({ err: error }, 'stopping without Redis'));
      deliveries.close();
      await Promise.all([webhooks.close(), sender.close()]);
      publishing.abort();
      await withTimeout(published, CLOSE_GRACE, () => new Error('not published in time')).catch(() => {});
      subscriber.close();
      dueAccounts.close().catch(() => {}); // May wait for Redis; nobody has to wait for it.
      await store.close();
      await fetches.close();
      media.close();
      redis.disconnect();
      await withTimeout(endTracing(), CLOSE_GRACE, () => new Error('traces were not sent')).catch(() => {});
    },
  };
}

async function startTracingIf({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
}: Settings): Promise<() => Promise<void>> {
  if (endpoint === undefined) return async () => {};
  await traceQueues();
  return startTracing({ endpoint, service: 'gateway-worker' });
}

/** @throws {SettingsError} */
function proxyOf({ TELEGRAM_PROXY: address }: Settings): ProxyServer | undefined {
  const proxy = address === undefined ? undefined : parseProxy(address);
  if (typeof proxy === 'string') throw new SettingsError(`Bad setting: TELEGRAM_PROXY ${proxy}`);
  return proxy;
}

function deviceOf(settings: Settings): AccountDevice {
  return deviceSchema.parse({
    device_model: settings.TELEGRAM_DEVICE_MODEL,
    system_version: settings.TELEGRAM_SYSTEM_VERSION,
    app_version: settings.TELEGRAM_APP_VERSION,
    lang_code: settings.TELEGRAM_LANG_CODE,
  });
}

function botOf(settings: Settings): Bot | null {
  const { TELEGRAM_BOT_TOKEN: token } = settings;
  const userId = botUserId(settings);
  return userId === null || token === undefined ? null : { userId, token };
}

import { setMaxListeners } from 'node:events';
import { createAssistant, type Assistant } from '@gateway/assistant';
import { GatewayError } from '@gateway/contracts';
import { dropUnfinishedUploads, openMediaStore } from '@gateway/media';
import { openSealingKey, Producer, traceQueues } from '@gateway/queue';
import { redisAddress, sleep, withTimeout, type App, type Logger, type Settings } from '@gateway/runtime';
import { createApiMetrics, isTracing, startTracing } from '@gateway/telemetry';
import { Hono } from 'hono';
import { claimShards } from './accounts/shard-claim.ts';
import { boardRoutes } from './board/board-routes.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { sandboxRoutes } from './console/sandbox-routes.ts';
import type { ApiContext, ApiEnv } from './context.ts';
import { errorHandler } from './http/error-response.ts';
import { refuseOpenHostWithoutKeys } from './http/loopback.ts';
import { listen } from './http/server.ts';
import { AI_NOTICE } from './message-stream/notice.ts';
import { accessLog } from './middleware/access-log.ts';
import { apiKey } from './middleware/api-key.ts';
import { cors } from './middleware/cors.ts';
import { loopbackGuard } from './middleware/loopback-guard.ts';
import { refuseOtherMethods } from './middleware/method-not-allowed.ts';
import { requestId } from './middleware/request-id.ts';
import { traceRequests } from './middleware/trace-requests.ts';
import { refuseUnknownQuery } from './middleware/unknown-query.ts';
import { accountRoutes } from './routes/account.ts';
import { actionRoutes } from './routes/actions.ts';
import { authQrRoutes } from './routes/auth-qr.ts';
import { authRoutes } from './routes/auth.ts';
import { batchRoutes } from './routes/batch.ts';
import { cacheForGood, docsRoutes } from './routes/docs.ts';
import { fileRoutes } from './routes/files.ts';
import { healthRoutes } from './routes/health.ts';
import { jobRoutes } from './routes/jobs.ts';
import { listingRoutes } from './routes/listings.ts';
import { messageStreamRoutes } from './routes/message-stream.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { readingRoutes } from './routes/reading.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { statusRoutes } from './routes/status.ts';
import { typingRoutes } from './routes/typing.ts';
import { updateRoutes } from './routes/updates.ts';
import { uploadRoutes, UPLOADS_PATH } from './routes/uploads.ts';
import { webhookSubscriptionRoutes } from './routes/webhook-subscriptions.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** ms that the start waits for Redis. After that the API starts without Redis, and `/readyz` reports it. */
const REDIS_AT_START = 2_000;
/** ms that requests in progress get to finish when the process stops. */
const CLOSE_GRACE = 10_000;
/** ms that the Redis connections then get to close. */
const CLOSE_QUEUES = 2_000;

/** ms that the export of the last traces may take. */
const CLOSE_TRACING = 1_000;

/** Replacement parts for tests. */
export interface ApiOverrides {
  /** Called with an error that occurs after the start and must end the process. */
  onFatal?: (error: unknown) => void;
  receiveTimeoutMs?: number;
}

/** Paths that require an API key if keys are configured. The other paths are public or have their own sign-in. */
const WITH_KEY = [
  '/telegram/*',
  '/jobs/*',
  '/message_stream',
  '/webhooks/*',
  '/metrics',
  '/console/sandbox/*',
];

/**
 * Paths that pages of `CORS_ORIGINS` may call. The dashboard and the console's helper routes are for their own pages
 * only.
 */
const CROSS_ORIGIN = [
  ...WITH_KEY.filter((path) => !path.startsWith('/console/')),
  '/healthz',
  '/readyz',
  '/openapi.json',
];

/** Builds the HTTP API for a context: every route and middleware, without a socket. */
export function createApp(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.onError(errorHandler(context));
  app.notFound(() => {
    throw new GatewayError('NOT_FOUND');
  });

  app.use('/docs/assets/*', cacheForGood);
  app.use('/console/assets/*', cacheForGood);
  app.use(requestId);
  // Before the log, so that its lines name the trace.
  if (isTracing()) app.use(traceRequests);
  app.use(accessLog(context));
  for (const path of CROSS_ORIGIN) app.use(path, cors(context.settings));
  app.route('/', healthRoutes(context));
  if (context.settings.API_KEYS.length === 0) app.use(loopbackGuard(context.settings));
  else for (const path of WITH_KEY) app.use(path, apiKey(context));
  app.use(refuseUnknownQuery);
  app.route('/', docsRoutes());
  app.route('/', boardRoutes(context));
  app.route('/', sandboxRoutes(context));
  app.route('/', consoleRoutes(context));
  app.route('/', authRoutes(context));
  app.route('/', authQrRoutes(context));
  app.route('/', actionRoutes(context));
  app.route('/', batchRoutes(context));
  app.route('/', sessionRoutes(context));
  app.route('/', statusRoutes(context));
  app.route('/', accountRoutes(context));
  app.route('/', typingRoutes(context));
  app.route('/', uploadRoutes(context));
  app.route('/', jobRoutes(context));
  app.route('/', listingRoutes(context));
  app.route('/', readingRoutes(context));
  app.route('/', updateRoutes(context));
  app.route('/', fileRoutes(context));
  app.route('/', messageStreamRoutes(context));
  app.route('/', webhookRoutes(context));
  app.route('/', webhookSubscriptionRoutes(context));
  app.route('/', metricsRoutes(context));
  refuseOtherMethods(app);
  return app;
}

/**
 * Starts the API: check keys or loopback → open queues → claim shards → listen. Starts even if Redis is not reachable
 * yet.
 * @throws {Error} a one-line message that names the setting if HOST, PORT or SHARDS is unusable.
 */
export async function startApi(
  settings: Settings,
  logger: Logger,
  overrides: ApiOverrides = {},
): Promise<App> {
  refuseOpenHostWithoutKeys(settings);
  const endTracing = await startTracingIf(settings);
  const media = await openMediaStore(settings);
  const producer = await openProducer(settings, logger);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // Every open stream listens, and Node would warn of a leak from the eleventh on.
  try {
    const claimed = claimShards(producer, stop.signal);
    const waited = new AbortController();
    await Promise.race([claimed, sleep(REDIS_AT_START, waited.signal)]);
    waited.abort();
    const app = createApp({
      settings,
      producer,
      assistant: openAssistant(settings, logger),
      media,
      metrics: createApiMetrics(),
      logger,
      stopping: stop.signal,
    });
    const { HOST: host, PORT: port } = settings;
    const { receiveTimeoutMs } = overrides;
    const server = await listen(app, {
      host,
      port,
      isUpload: ({ url }) => url?.split('?')[0] === UPLOADS_PATH,
      ...(receiveTimeoutMs !== undefined && { receiveTimeoutMs }),
    });
    void dropUnfinishedUploads(media, logger, stop.signal);
    claimed.catch(overrides.onFatal ?? endProcess);
    logger.info({ url: server.url }, 'listening');
    return {
      ready: { url: server.url },
      close: async () => {
        stop.abort();
        await server.close(CLOSE_GRACE);
        await closeQueues(producer, logger);
        media.close();
        await withTimeout(endTracing(), CLOSE_TRACING, () => new Error('not sent')).catch(() => {});
      },
    };
  } catch (error) {
    stop.abort();
    await closeQueues(producer, logger);
    throw error;
  }
}

async function startTracingIf({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
}: Settings): Promise<() => Promise<void>> {
  if (endpoint === undefined) return async () => {};
  await traceQueues();
  return startTracing({ endpoint, service: 'gateway-api' });
}

function openAssistant(settings: Settings, logger: Logger): Assistant | null {
  const { ASSISTANT_BASE_URL: baseUrl, ASSISTANT_MODEL: model, ASSISTANT_API_KEY: apiKey } = settings;
  const { ASSISTANT_IDLE_TIMEOUT: idleMs, ASSISTANT_MAX_TIME: maxMs } = settings;
  if (baseUrl === undefined || model === undefined) return null;
  logger.warn({ model }, `an assistant is set up. ${AI_NOTICE}`);
  return createAssistant({ baseUrl, model, apiKey, idleMs, maxMs });
}

async function openProducer(settings: Settings, logger: Logger): Promise<Producer> {
  const { sealer } = await openSealingKey(settings, logger);
  return new Producer({
    redisAddress: redisAddress(settings),
    shards: settings.SHARDS,
    retentionMs: settings.JOB_RETENTION,
    eventRetentionMs: settings.EVENTS_RETENTION,
    maxPending: settings.SEND_MAX_PENDING,
    sealer,
    logger,
  });
}

/** Never fails and never hangs. The exit of the process closes whatever is still open. */
async function closeQueues(producer: Producer, logger: Logger): Promise<void> {
  try {
    await withTimeout(
      producer.close(),
      CLOSE_QUEUES,
      () => new Error(`not closed within ${CLOSE_QUEUES} ms`),
    );
  } catch (error) {
    logger.warn({ err: error }, 'could not close the queues properly');
  }
}

/** Throws outside every handler, so that the process reports the error and stops gracefully. */
function endProcess(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

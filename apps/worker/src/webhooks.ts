import { ControlQueues, readJob, WebhookConsumer } from '@gateway/queue';
import type { Settings } from '@gateway/runtime';
import { createWebhookSender } from '@gateway/webhooks';
import type { WorkerContext } from './shard/worker-context.ts';

/** How long deliveries in progress may take to end when the process stops, ms. */
const CLOSE_GRACE = 3_000;

/** Shorter secrets can be guessed from signed bodies. In characters. */
const BEST_SECRET = 16;

/** Delivers webhooks of all accounts, whichever worker owns them, until it is closed. */
export function startWebhooks(
  { WEBHOOK_SECRET: secret, WEBHOOK_ALLOW_PRIVATE: allowPrivate }: Settings,
  { redis, redisAddress, queues, backend, shards, sealer, metrics, logger }: WorkerContext,
): { close(): Promise<void> } {
  if (secret !== undefined && secret.length < BEST_SECRET)
    logger.warn(`WEBHOOK_SECRET is short: set at least ${BEST_SECRET} random characters`);
  const sender = createWebhookSender({ secret, allowPrivate });
  const sources = { redis, accounts: queues, control: new ControlQueues(redis, backend), shards, sealer };
  const consumer = new WebhookConsumer({
    redis,
    redisAddress,
    readJob: (jobId) => readJob(sources, jobId, Date.now()),
    deliver: async (webhook) => {
      const outcome = await sender.send(webhook);
      metrics.webhook(outcome.error === null ? 'delivered' : 'failed');
      return outcome;
    },
    logger,
  });
  return {
    close: async () => {
      await consumer.close(CLOSE_GRACE);
      await sender.close();
    },
  };
}

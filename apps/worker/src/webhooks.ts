import { ControlQueues, readJob, WebhookConsumer } from '@gateway/queue';
import type { Settings } from '@gateway/runtime';
import { createWebhookSender } from '@gateway/webhooks';
import type { WorkerContext } from './shard/worker-context.ts';

/** ms that tries under way have to end when the process stops. */
const CLOSE_GRACE = 3_000;

/** Delivers webhooks of all accounts, whoever serves them, until it is closed. */
export function startWebhooks(
  { WEBHOOK_SECRET: secret, WEBHOOK_ALLOW_PRIVATE: allowPrivate }: Settings,
  { redis, redisUrl, queues, backend, shards, sealer, metrics, logger }: WorkerContext,
): { close(): Promise<void> } {
  const sender = createWebhookSender({ secret, allowPrivate });
  const sources = { redis, accounts: queues, control: new ControlQueues(redis, backend), shards, sealer };
  const consumer = new WebhookConsumer({
    redis,
    redisUrl,
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

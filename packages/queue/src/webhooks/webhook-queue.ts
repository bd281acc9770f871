import type { WebhookJob } from '@gateway/contracts';
import { Queue } from 'bullmq';
import { WEBHOOK_PREFIX, WEBHOOK_QUEUE } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { SharedBackend } from '../redis/shared-backend.ts';
import { tracing } from '../redis/tracing.ts';

export type WebhookQueue = Queue<WebhookJob, null>;

/** Opens the queue of webhooks. The caller closes its connection. */
export function openWebhookQueue(redis: RedisClient, backend: SharedBackend): WebhookQueue {
  const queue: WebhookQueue = new Queue(
    WEBHOOK_QUEUE,
    { connection: redis, ...tracing() },
    backend(WEBHOOK_PREFIX),
  );
  queue.on('error', () => {}); // Each call reports its own error to its caller.
  return queue;
}

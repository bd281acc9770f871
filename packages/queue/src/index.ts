export type { Redis } from 'ioredis';
export type { Admission } from './enqueue/enqueue-sends.ts';
export type { JobQueue } from './line/enqueue-backend.ts';
export { AccountQueues } from './line/account-queues.ts';
export { publishedAccounts, readAccountView, writeAccountView } from './views/account-views.ts';
export { removeHeldJob, writeHeldJobs } from './line/held-jobs.ts';
export { assignShards } from './ownership/assignment.ts';
export type { BoardQueues } from './views/board-queues.ts';
export type { CancelOutcome } from './line/cancel-job.ts';
export { ControlConsumer, type ControlHandlers } from './control/control-consumer.ts';
export { clearDueAccount, notifyOwner } from './events/due-accounts.ts';
export { DueAccountsListener } from './events/due-accounts-listener.ts';
export { accountMoved, Fenced, raiseFence } from './ownership/fence.ts';
export { addHistory, HISTORY_STEP_MS, type HistorySample } from './views/history.ts';
export type { AccountEvents } from './inbox/account-events.ts';
export { EventNotices, EventWatch, parseNotice, type EventNotice } from './inbox/event-notices.ts';
export { EventReader, type EventPage, type NumberedEvent } from './inbox/event-reader.ts';
export type { EventLimits } from './inbox/append-arguments.ts';
export type { NumbersNote } from './inbox/given-numbers.ts';
export { Inbox, type Append, type ReceivingSettings } from './inbox/inbox.ts';
export type { PrivateNews } from './inbox/private-news.ts';
export { KnownNames } from './inbox/known-names.ts';
export { MemoryWatch } from './inbox/memory-watch.ts';
export { receivingAccounts, receivingOf } from './inbox/receiving-of.ts';
export type { UpdateStateChange } from './inbox/update-state.ts';
export { withImportLock } from './sealing/import-lock.ts';
export { parseJobId } from './jobs/job-id.ts';
export { eventsChannel, OWNERSHIP_CHANNEL, SESSION_INDEX_KEY, sessionKey, WEBHOOKS_CHANNEL } from './keys.ts';
export type { AccountQuery } from './views/account-index.ts';
export type { Listings } from './views/listings.ts';
export { MetricsStore } from './views/metrics-store.ts';
export { readQueueDepth } from './views/queue-depth.ts';
export { rankAllAccounts } from './views/account-ranking.ts';
export { countPending, type PendingCounts } from './line/pending-counts.ts';
export { publishShard, unpublishShard } from './ownership/published-shards.ts';
export { Producer, type Accepted, type EnqueuedJob } from './producer.ts';
export { whenReachable } from './redis/redis-fault.ts';
export { requireFitRedis } from './redis/redis-setup.ts';
export { RateLimits } from './redis/rate-limits.ts';
export {
  openConsumerRedis,
  replaceConnection,
  type RedisClient,
  type RedisContact,
} from './redis/clients.ts';
export { onRedisChange, watchContact } from './redis/contact.ts';
export type { DependencyEnd } from './line/dependents.ts';
export { publishHold } from './events/results.ts';
export type { JobWait, WaitEnd } from './events/results-listener.ts';
export { dropOldJobs } from './line/retention.ts';
export type { Fetched, FetchedJob, NewerJob, NothingWaits } from './line/fetched-job.ts';
export type { WaitingJob } from './line/waiting-jobs.ts';
export { AccountConsumer, type RecoveredJob } from './line/account-consumer.ts';
export { readSendState, writeSendState } from './line/send-states.ts';
export { RENEW_MS, ShardLease } from './ownership/shard-leases.ts';
export { sharedBackend, type SharedBackend } from './redis/shared-backend.ts';
export { openSealingKey } from './sealing/open-sealing-key.ts';
export { claimShardCount, shardOf } from './ownership/shards.ts';
export { Subscriber } from './redis/subscriber.ts';
export {
  sendHeartbeat,
  countLiveWorkers,
  listWorkers,
  removeWorker,
  announceWorker,
} from './ownership/workers.ts';
export { traceQueues } from './redis/tracing.ts';
export { isForAccount, type Webhook } from './subscriptions/subscription.ts';
export {
  dropCursors,
  moveCursor,
  openCursor,
  readLags,
  type Cursor,
} from './subscriptions/webhook-cursors.ts';
export { WebhookStore } from './subscriptions/webhook-store.ts';
export {
  UNREADABLE_WEBHOOK,
  type WebhookStanding,
  type WebhookSubscriptions,
} from './subscriptions/webhook-subscriptions.ts';
export { webhookBackoff } from './webhooks/webhook-backoff.ts';
export { hiddenUrl } from './webhooks/hidden-url.ts';
export { WebhookConsumer } from './webhooks/webhook-consumer.ts';
export type { DeliveryPage, DeliveryQuery, WebhookLog } from './webhooks/webhook-log.ts';
export { webhookIdOf, WebhookOutbox } from './webhooks/webhook-outbox.ts';
export { openWebhookQueue } from './webhooks/webhook-queue.ts';
export { readJob } from './jobs/job-reader.ts';
export { ControlQueues } from './control/control-queues.ts';
export { dropExpiredUploads, mediaAccounts } from './media/expired-uploads.ts';
export { addFetchedUpload, forgetUploads, readUpload, releaseUpload, returnUpload } from './media/uploads.ts';
export type { UploadRecord } from './media/upload-record.ts';

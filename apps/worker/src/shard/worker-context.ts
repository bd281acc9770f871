import type { PaceSettings } from '@gateway/contracts';
import type { MediaStore } from '@gateway/media';
import type {
  AccountQueues,
  DueAccountsListener,
  Inbox,
  MemoryWatch,
  RedisClient,
  RedisContact,
  SharedBackend,
  WebhookOutbox,
} from '@gateway/queue';
import type { Logger, RedisAddress, Sealer } from '@gateway/runtime';
import type { NumbersFile, NumbersFileOptions, SessionStore } from '@gateway/sessions';
import type { Telegram } from '@gateway/telegram';
import type { WorkerMetrics } from '@gateway/telemetry';
import type { LaneLimits } from '../lane/lane-ports.ts';
import type { FileBlocks } from '../media/file-blocks.ts';
import type { MediaFetches } from '../media/media-fetches.ts';
import type { AccountCounts } from '../metrics/account-counts.ts';
import type { History } from '../metrics/history.ts';
import type { EventDeliveries } from '../subscriptions/event-deliveries.ts';
import type { Bot } from './bot.ts';

/** The parts that all shards of a worker share. */
export interface WorkerContext {
  redis: RedisClient;
  contact: RedisContact;
  redisAddress: RedisAddress;
  backend: SharedBackend;
  /** Number of shards. */
  shards: number;
  queues: AccountQueues;
  dueAccounts: DueAccountsListener;
  store: SessionStore;
  /**
   * Opens the file with the event numbers of a shard; `null`: there is none, since the sessions are in the same Redis
   * as everything else (`SESSION_STORE=redis`).
   */
  openNumbers: ((options: Omit<NumbersFileOptions, 'dataDir'>) => NumbersFile) | null;
  media: MediaStore;
  fetches: MediaFetches;
  blocks: FileBlocks;
  /** The most bytes that the unused uploads of an account may have. */
  mediaQuota: number;
  telegram: Telegram;
  sealer: Sealer;
  pace: PaceSettings;
  limits: LaneLimits;
  /** How long ended jobs are kept, ms. */
  retentionMs: number;
  /** The configured bot; `null` if there is none. */
  bot: Bot | null;
  outbox: WebhookOutbox;
  /** The sequences of events of the accounts that receive. */
  inbox: Inbox;
  memory: MemoryWatch;
  /** Delivers events to webhooks. */
  deliveries: EventDeliveries;
  /** How long events are kept, ms. */
  eventRetentionMs: number;
  metrics: WorkerMetrics;
  accountCounts: AccountCounts;
  history: History;
  /** The URL to which changes of account states are posted; `null`: nowhere. */
  eventsUrl: string | null;
  logger: Logger;
  now: () => number;
}

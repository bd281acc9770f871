/**
 * Every Redis key of the product. A hash tag (`{…}`) keeps the keys that one script or transaction uses on one slot of
 * a Redis Cluster: the keys of one account together, and those of one shard together.
 */

/** BullMQ prefix of an account's own queue; its jobs are in `<prefix>:send:…`. */
export function accountPrefix(userId: string): string {
  return `{acct-${userId}}`;
}

/** The account that a key under {@link accountPrefix} belongs to; `null` for other keys. */
export function accountOfKey(key: string): string | null {
  return /^\{acct-([^}]+)\}:/.exec(key)?.[1] ?? null;
}

/** Name of an account's queue under {@link accountPrefix}. */
export const SEND_QUEUE = 'send';

/** The fence of the account's current owner. Only the owner with this fence may write the account. */
export function fenceKey(userId: string): string {
  return `${accountPrefix(userId)}:fence`;
}

/** Prefix of BullMQ's keys of an account's queue. Scripts append a list's name or a job id to it. */
export function sendQueuePrefix(userId: string): string {
  return `${accountPrefix(userId)}:${SEND_QUEUE}:`;
}

/** BullMQ's lists of job ids by state: `wait` and `active` are Redis lists, the others sorted sets. */
export type JobList = 'wait' | 'active' | 'delayed' | 'completed' | 'failed';

export function sendListKey(userId: string, list: JobList): string {
  return `${sendQueuePrefix(userId)}${list}`;
}

/** BullMQ's hash of a job in its account's queue. */
export function sendJobKey(userId: string, jobId: string): string {
  return `${sendQueuePrefix(userId)}${jobId}`;
}

/** BullMQ's lock of a job that an owner of its account has fetched: the fence of that owner. */
export function sendLockKey(userId: string, jobId: string): string {
  return `${sendJobKey(userId, jobId)}:lock`;
}

/** Parts of an account in the Redis session store. */
export type SessionPart = 'account' | 'peers' | 'account:broken' | 'peers:broken' | 'probe' | 'fence';

/** The session store shares the account's hash tag and fence, so that one script checks the fence and writes. */
export function sessionKey(userId: string, part: SessionPart): string {
  return `${accountPrefix(userId)}:${part}`;
}

/** What must be remembered of an account's sends after its worker ends (JSON of `SendState`). */
export function sendStateKey(userId: string): string {
  return `${accountPrefix(userId)}:sends`;
}

/** Hash: job that its worker has fetched and holds → why and until when (JSON of `Hold`). */
export function heldJobsKey(userId: string): string {
  return `${accountPrefix(userId)}:aside`;
}

/**
 * Prefix of the keys of an account's uploads. Scripts append `uploads` (hash: upload → JSON of its record),
 * `uploads:unused` (bytes of the uploads that no job uses) and `upload:<id>:jobs` (set: the jobs that use it).
 */
export function uploadsPrefix(userId: string): string {
  return `${accountPrefix(userId)}:`;
}

/** Hash: an account's uploads → JSON of their records. */
export function uploadsKey(userId: string): string {
  return `${accountPrefix(userId)}:uploads`;
}

/** Bytes of the account's uploads that no job uses. */
export function unusedBytesKey(userId: string): string {
  return `${accountPrefix(userId)}:uploads:unused`;
}

/** Set: the jobs that use an upload. */
export function uploadJobsKey(userId: string, uploadId: string): string {
  return `${accountPrefix(userId)}:upload:${uploadId}:jobs`;
}

/** Set: the accounts that may have uploads. */
export const MEDIA_ACCOUNTS_KEY = '{gateway}:media';

/** The account view that its worker publishes (JSON of `AccountView`). */
export function accountViewKey(userId: string): string {
  return `${accountPrefix(userId)}:view`;
}

/** Redis stream of an account's events. The id of an entry is `<seq>-0`. */
export function eventsKey(userId: string): string {
  return `${accountPrefix(userId)}:events`;
}

/**
 * Hash of an account's events: `last_seq`, `limit` (no greater number is given), `gaps`, `bytes`, `token` (of the
 * latest append), `tight` (set while memory is short), `history` (of the Redis in which the numbers were last checked),
 * `dropped_at` (time of the latest event that was dropped).
 */
export function receivingKey(userId: string): string {
  return `${accountPrefix(userId)}:receiving`;
}

/** Hash: how far an account has read its updates: `pts`, `qts`, `date`, `seq`, and `channel:<id>` → pts. */
export function updateStateKey(userId: string): string {
  return `${accountPrefix(userId)}:updates`;
}

/**
 * Hash: stored message → number of its event. A message is `<channel>:<id>`, or `<id>` in private chats and basic
 * groups, which share one numbering.
 */
export function eventIndexKey(userId: string): string {
  return `${accountPrefix(userId)}:events:chats`;
}

/**
 * Sorted set, in lexical order: how far the other side of each private chat has read, `<chat>:<message>:<time>`.
 * Message ids have 10 digits; times are ms since the epoch.
 */
export function readsKey(userId: string): string {
  return `${accountPrefix(userId)}:reads`;
}

/** Sorted set: the members of {@link readsKey} by time. */
export function readTimesKey(userId: string): string {
  return `${accountPrefix(userId)}:reads:times`;
}

/** Sorted set: person → when they last wrote to the account in their private chat, ms since the epoch. */
export function writersKey(userId: string): string {
  return `${accountPrefix(userId)}:writers`;
}

/**
 * Hash, while an account answers only (`replies_only`): `@username` or phone → the id of the person, group or channel
 * whom the account knows by it.
 */
export function knownNamesKey(userId: string): string {
  return `${accountPrefix(userId)}:names`;
}

/** Set of the shard's accounts that may have events. */
export function receivingAccountsKey(shard: number): string {
  return `${shardPrefix(shard)}:receiving`;
}

/**
 * Pub/sub channel of the events of a shard's accounts. A message is the account, a space, and the number of its latest
 * event, an event for open streams only (JSON), or `off`.
 */
export function eventsChannel(shard: number): string {
  return `${shardPrefix(shard)}:events`;
}

/** Hash: an account's counts during one slot of a day. Slots are numbered from the epoch. */
export function historyKey(userId: string, slot: number): string {
  return `${accountPrefix(userId)}:history:${slot}`;
}

/** BullMQ prefix of a shard's control queue. */
export function shardPrefix(shard: number): string {
  return `{shard-${shard}}`;
}

/** Control jobs (sign-in, live status, disconnect) of the shard's accounts. */
export const CONTROL_QUEUE = 'control';

/** BullMQ's hash of a control job. */
export function controlJobKey(shard: number, jobId: string): string {
  return `${shardPrefix(shard)}:${CONTROL_QUEUE}:${jobId}`;
}

/** Pub/sub channel of ended jobs, for callers that wait: the job's id, a space, and its result (JSON) if it has one. */
export const ENDED_CHANNEL = '{gateway}:ended';

/** Pub/sub channel of accounts and jobs that are held from now on, for callers that wait (JSON). */
export const HELD_CHANNEL = '{gateway}:held';

/** Sorted set: account → ms since the epoch from which it may have work. */
export function dueAccountsKey(shard: number): string {
  return `${shardPrefix(shard)}:doorbell`;
}

/** Pub/sub channel that notifies the owner of an account that is due now. The message is the account. */
export function dueAccountsChannel(shard: number): string {
  return `${shardPrefix(shard)}:ring`;
}

/** Set of the shard's accounts that were ever published to the API and so may have sends. The sweep checks these. */
export function shardAccountsKey(shard: number): string {
  return `${shardPrefix(shard)}:accounts`;
}

/** Sorted set: the shard's accounts with pending or failed messages → weight, by which the dashboard lists them. */
export function rankedAccountsKey(shard: number): string {
  return `${shardPrefix(shard)}:ranked`;
}

/** Set once the views of all of the shard's accounts are published. Each time it gets a new value. */
export function publishedShardKey(shard: number): string {
  return `${shardPrefix(shard)}:published`;
}

/** Set while the views of the shard's accounts are being published. */
export function publishingShardKey(shard: number): string {
  return `${shardPrefix(shard)}:publishing`;
}

/**
 * Equal to {@link publishedShardKey}'s value once the shard's accounts are in the index of accounts, too. `2`: with
 * their orders, which former versions did not index.
 */
export function indexedShardKey(shard: number): string {
  return `${shardPrefix(shard)}:indexed-2`;
}

/**
 * Prefix of the index of all accounts, whose scripts append: `group:<group>` (sorted set, all scores 0: the accounts of
 * a group), `entries` (hash: account → JSON of its entry), `texts` (hash: account → text to search), `holds` (sorted
 * set: account → ms since the epoch at which its hold ends), `order:<order>` (sorted set: account → its score in the
 * order; the first has the smallest).
 */
export const ACCOUNT_INDEX_PREFIX = '{gateway}:accounts:';

export function accountGroupKey(group: string): string {
  return `${ACCOUNT_INDEX_PREFIX}group:${group}`;
}

export function accountOrderKey(order: 'state' | 'queue'): string {
  return `${ACCOUNT_INDEX_PREFIX}order:${order}`;
}

export function accountTextsKey(): string {
  return `${ACCOUNT_INDEX_PREFIX}texts`;
}

/** BullMQ prefix of the webhooks' queue. */
export const WEBHOOK_PREFIX = '{webhooks}';
export const WEBHOOK_QUEUE = 'webhooks';

/** Sorted set: an account's webhooks → ms since the epoch at which each was enqueued. */
export function webhookLogKey(userId: string): string {
  return `${WEBHOOK_PREFIX}:log:${userId}`;
}

/**
 * Hash: webhook → the account's latest event that it has taken. The field `<webhook>:tries` has the failed tries of the
 * next one (JSON).
 */
export function webhookCursorsKey(userId: string): string {
  return `${accountPrefix(userId)}:webhooks`;
}

/** Hash: webhook → JSON of what its caller asked for. */
export const WEBHOOKS_KEY = '{gateway}:webhooks';

/** Hash: webhook → JSON of its state, where that has ever changed. */
export const WEBHOOK_STATES_KEY = '{gateway}:webhooks:states';

/** Hash: webhook → JSON of its latest failed delivery. */
export const WEBHOOK_ERRORS_KEY = '{gateway}:webhooks:errors';

/** Pub/sub channel: a webhook was created, deleted, paused or resumed. */
export const WEBHOOKS_CHANNEL = '{gateway}:webhooks:changed';

/** Hash: metrics of the worker with this number. */
export function metricsKey(slot: number): string {
  return `{gateway}:metrics:${slot}`;
}

/** Number of shards, fixed by the first process that starts. */
export const SHARD_COUNT_KEY = '{gateway}:shards';

/** Lease of the worker that owns the shard's accounts. */
export function leaseKey(shard: number): string {
  return `${shardPrefix(shard)}:lease`;
}

/** Number of the shard's latest lease. Each lease has a greater number than the one before. */
export function leaseNumberKey(shard: number): string {
  return `${shardPrefix(shard)}:lease-number`;
}

/** Sorted set: the shard's latest leases that were not released → Redis time (ms) of their last renewal. */
export function unreleasedLeasesKey(shard: number): string {
  return `${shardPrefix(shard)}:leases-unreleased`;
}

/** Sorted set: live worker → Redis time (ms) of its last heartbeat. */
export const WORKERS_KEY = '{gateway}:workers';

/**
 * Pub/sub channel: a worker started or ended, or a shard became free. Workers then check at once whether to take
 * shards.
 */
export const OWNERSHIP_CHANNEL = '{gateway}:ownership';

/** Prefix of rate limit buckets, for example sign-in codes per account. */
export const RATE_LIMIT_PREFIX = '{tries}';

/** Set: all accounts that have a session or a login in Redis, where sessions are stored there. */
export const SESSION_INDEX_KEY = '{gateway}:sessions';

/** Lock of the worker that imports a session. */
export const IMPORT_LOCK_KEY = '{gateway}:import';

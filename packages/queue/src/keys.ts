/**
 * Every Redis key of the product, in one place. A hash tag (`{…}`) keeps what one script or transaction touches on one slot of a
 * Redis Cluster: an account's things together, a shard's things together.
 */

/** BullMQ prefix of an account's own queue; its jobs are in `<prefix>:send:…`. */
export function accountPrefix(userId: string): string {
  return `{acct-${userId}}`;
}

/** Name of an account's queue under {@link accountPrefix}. */
export const SEND_QUEUE = 'send';

/** The ownership under which an account may be written: the fence of the shard lease whose holder opened it last. */
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

/** Parts of an account in the Redis session store. */
export type SessionPart = 'account' | 'peers' | 'account:broken' | 'peers:broken' | 'probe' | 'fence';

/** The session store shares the account's hash tag and fence, so that one script checks the fence and writes. */
export function sessionKey(userId: string, part: SessionPart): string {
  return `${accountPrefix(userId)}:${part}`;
}

/** What must not be forgotten about an account's sends when its worker ends (JSON of `SendState`). */
export function sendStateKey(userId: string): string {
  return `${accountPrefix(userId)}:sends`;
}

/** Hash: job that its worker has set aside → why and until when (JSON of `Hold`). */
export function asideKey(userId: string): string {
  return `${accountPrefix(userId)}:aside`;
}

/** The view of an account that its worker publishes (JSON of `AccountView`). */
export function accountViewKey(userId: string): string {
  return `${accountPrefix(userId)}:view`;
}

/** Hash: how a part of a day went for an account; slots are counted since the epoch. */
export function historyKey(userId: string, slot: number): string {
  return `${accountPrefix(userId)}:history:${slot}`;
}

/** BullMQ prefix of a shard's control queue and results stream. */
export function shardPrefix(shard: number): string {
  return `{shard-${shard}}`;
}

/** Control jobs (sign-in, live status, disconnect) of the shard's accounts. */
export const CONTROL_QUEUE = 'control';

/** Ends of jobs and holds of accounts, told to whoever waits. */
export const RESULTS_STREAM = 'results';

/** Sorted set: account → ms since the epoch at which it may have work. */
export function doorbellKey(shard: number): string {
  return `${shardPrefix(shard)}:doorbell`;
}

/** Pub/sub channel beside the doorbell: "look now". The message is the account. */
export function doorbellChannel(shard: number): string {
  return `${shardPrefix(shard)}:ring`;
}

/** Set of the shard's accounts that were ever shown to the API, and so may have sends: what the sweep looks through. */
export function shardAccountsKey(shard: number): string {
  return `${shardPrefix(shard)}:accounts`;
}

/** Set once the views of all of the shard's accounts are published; the value differs each time. */
export function publishedShardKey(shard: number): string {
  return `${shardPrefix(shard)}:published`;
}

/** Set while they are being published. */
export function publishingShardKey(shard: number): string {
  return `${shardPrefix(shard)}:publishing`;
}

/** BullMQ prefix of the webhooks' queue. */
export const WEBHOOK_PREFIX = '{webhooks}';
export const WEBHOOK_QUEUE = 'webhooks';

/** Sorted set: an account's webhooks → ms since the epoch at which each was begun. */
export function webhookLogKey(userId: string): string {
  return `${WEBHOOK_PREFIX}:log:${userId}`;
}

/** Hash: metrics of the worker that has this number. */
export function metricsKey(slot: number): string {
  return `{gateway}:metrics:${slot}`;
}

/** Number of shards, fixed by the first process that starts. */
export const SHARD_COUNT_KEY = '{gateway}:shards';

/** Lease of the worker that owns the shard's accounts. */
export function leaseKey(shard: number): string {
  return `${shardPrefix(shard)}:lease`;
}

/** Number of the shard's last lease: each owner's is greater than that of the one before. */
export function leaseNumberKey(shard: number): string {
  return `${shardPrefix(shard)}:lease-number`;
}

/** Sorted set: live worker → Redis time (ms) of its last heartbeat. */
export const WORKERS_KEY = '{gateway}:workers';

/** Pub/sub channel: a worker came or went, or a shard is free; whoever may take shards looks at once. */
export const OWNERSHIP_CHANNEL = '{gateway}:ownership';

/** Before the name of a rate limit's bucket, e.g. of sign-in codes per account. */
export const RATE_LIMIT_PREFIX = '{tries}';

/** Set: all accounts that have a session or a login in Redis, where sessions are kept there. */
export const SESSION_INDEX_KEY = '{gateway}:sessions';

/** Held by the worker that imports a session. */
export const IMPORT_LOCK_KEY = '{gateway}:import';

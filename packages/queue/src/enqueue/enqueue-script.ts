import { addDelayedJob, addStandardJob } from 'bullmq/dist/cjs/scripts/index.js';
import { Cluster } from 'ioredis';
import { NOTIFY_OWNER } from '../events/due-accounts.ts';
import { SUMMARY_FIELD } from '../jobs/job-summary.ts';
import {
  accountViewKey,
  dueAccountsChannel,
  dueAccountsKey,
  sendQueuePrefix,
  uploadsPrefix,
} from '../keys.ts';
import { LEAN } from '../line/bullmq-step.ts';
import { DEPENDENTS } from '../line/dependents.ts';
import { BULLMQ_ARGS, type PackedJob } from '../line/enqueue-backend.ts';
import { UPLOAD_USES } from '../media/uploads.ts';
import { BatchedScript, type Run } from '../redis/batched-script.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { Call } from '../redis/redis-calls.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import { IS_REPLY } from './replies-only.ts';

/**
 * The keys of BullMQ's scripts, by their names within a queue. Only the prefix is sent to Redis, since messages are
 * enqueued thousands of times a second.
 */
const BULLMQ = {
  addStandardJob: {
    script: addStandardJob,
    keys: ['wait', 'paused', 'meta', 'id', 'completed', 'delayed', 'active', 'events', 'marker'],
  },
  addDelayedJob: {
    script: addDelayedJob,
    keys: ['marker', 'meta', 'id', 'delayed', 'completed', 'events'],
  },
};

export type EnqueueReply =
  /** It was enqueued behind this many others. */
  | { is: 'added'; behind: number }
  /** Its job exists, so nothing was enqueued. `data` is that job's data (JSON). */
  | { is: 'repeated'; data: string }
  /** The job that it is to follow does not exist. */
  | { is: 'orphaned' }
  /** The queue is full. */
  | { is: 'full' }
  /** The account has no such upload. */
  | { is: 'no_upload' }
  /** The account answers only, and its recipient has not written in time. */
  | { is: 'no_reply' }
  /** The account's view is not the one given. `view` is the current one (JSON). */
  | { is: 'changed'; view: string | null };

/** The input of the script for one message. */
export interface JobToEnqueue extends PackedJob {
  jobId: string;
  /** Its `send_at`, in ms since the epoch; 0: now. */
  dueAt: number;
  /** Its id comes from an Idempotency-Key, so its job may already exist. */
  isKeyed: boolean;
  /** The job whose end it waits for; empty: none. */
  after: string;
  /** The uploads that the job uses. */
  uploads: readonly string[];
  /** As {@link replyCheckOf} says it; empty: anybody may be written to. */
  reply: string;
  /** What lists show of it (JSON); empty: they read its data. */
  summary: string;
}

/**
 * KEYS: prefix of the queue's keys, the account's view, the shard's due accounts. ARGV: BullMQ's arguments, then the
 * name of BullMQ's script, the expected view, the job's id if the job may already exist, the time at which it is due
 * (empty: do not notify the owner), the account, the channel of the notification, the job that it waits for (empty:
 * none), its own id, the uploads that it uses: empty, or their ids and the prefix of their keys (JSON), the check
 * whether it is a reply, and its summary (empty: none).
 *
 * A message behind others needs no notification, because the owner already works through that queue.
 * @param maxPending most messages of one account that may wait at a time.
 */
function enqueueLua(maxPending: number): string {
  return `${NOTIFY_OWNER}${DEPENDENTS}${UPLOAD_USES}${IS_REPLY}
local prefix = KEYS[1]
local view = redis.call('GET', KEYS[2])
if (view or '') ~= ARGV[5] then return { 'changed', view } end
local data = ARGV[6] ~= '' and redis.call('HGET', prefix .. ARGV[6], 'data')
if data then return { 'repeated', data } end
local after = ARGV[10]
if after ~= '' and redis.call('EXISTS', prefix .. after) == 0 then return { 'orphaned' } end
if ARGV[13] ~= '' and not is_reply(ARGV[13]) then return { 'no_reply' } end
local waiting = redis.call('LLEN', prefix .. 'wait')
local pending = waiting + redis.call('ZCARD', prefix .. 'delayed') + redis.call('LLEN', prefix .. 'active')
  + redis.call('ZCARD', prefix .. 'waiting-children')
if pending >= ${maxPending} then return { 'full' } end
if ARGV[12] ~= '' then
  local uses = cjson.decode(ARGV[12])
  if is_upload_missing(uses.prefix, uses.uploads) then return { 'no_upload' } end
  use_uploads(uses.prefix, uses.uploads, ARGV[11])
end
local add = {}
${Object.entries(BULLMQ).map(addFunction).join('\n')}
add[ARGV[4]]()
if ARGV[14] ~= '' then redis.call('HSET', prefix .. ARGV[11], '${SUMMARY_FIELD}', ARGV[14]) end
if after ~= '' and park(prefix, ARGV[11], after) then return { 'added', waiting } end
local at = ARGV[7]
if at ~= '' and (at ~= '0' or waiting == 0) then notify_owner(KEYS[3], at, ARGV[8], ARGV[9]) end
return { 'added', waiting }`;
}

function addFunction([name, { script, keys }]: [string, (typeof BULLMQ)[keyof typeof BULLMQ]]): string {
  return `
function add.${name}()${LEAN}
  local KEYS = { ${keys.map((key) => `prefix .. '${key}'`).join(', ')} }
  ${script.content}
end`;
}

/**
 * Enqueues messages. Checking whether a message may be enqueued, enqueueing it and notifying its owner are one atomic
 * step.
 */
export class EnqueueScript {
  /** `false` in a Cluster, where the shard's keys may be on another node. Its callers then notify the owner. */
  readonly notifies: boolean;
  readonly #script: BatchedScript;
  /** BullMQ's scripts whose keys have been compared with {@link BULLMQ}. */
  readonly #compared = new Set<string>();

  /** @param clock as for {@link BatchedScript}. */
  constructor(redis: RedisClient, maxPending: number, clock: RedisClock | null) {
    this.notifies = !(redis instanceof Cluster);
    this.#script = new BatchedScript(
      redis,
      enqueueLua(maxPending),
      { keys: 3, args: BULLMQ_ARGS + 11 },
      clock,
    );
  }

  /**
   * Enqueues messages of one account, all checked against the same view: if it has changed, none is enqueued.
   * @param view the account's view (JSON) that they were admitted by; `null`: there is none.
   * @throws {TooLate} where Redis reached them after the call's deadline; none is enqueued.
   */
  async enqueue(
    { userId, shard }: { userId: string; shard: number },
    jobs: readonly JobToEnqueue[],
    view: string | null,
    call: Call,
  ): Promise<EnqueueReply[]> {
    const prefix = sendQueuePrefix(userId);
    const keys = [prefix, accountViewKey(userId), this.notifies ? dueAccountsKey(shard) : prefix];
    const channel = dueAccountsChannel(shard);
    const runs = jobs.map((job): Run => {
      this.#compare(job, prefix);
      const { args, command, isKeyed, jobId, dueAt, after, uploads, reply, summary } = job;
      const notifyAt = this.notifies ? dueAt : '';
      const uses = uploads.length === 0 ? '' : JSON.stringify({ prefix: uploadsPrefix(userId), uploads });
      const id = isKeyed ? jobId : '';
      const own = [command, view ?? '', id, notifyAt, userId, channel, after, jobId, uses, reply, summary];
      return { keys, args: [...args, ...own] };
    });
    return (await this.#script.run(runs, call)).map((reply) => read(reply as Reply));
  }

  /** Checks once per script that BullMQ still uses the keys listed in {@link BULLMQ}. */
  #compare({ command, keys }: PackedJob, prefix: string): void {
    if (this.#compared.has(command)) return;
    const known = command in BULLMQ ? BULLMQ[command as keyof typeof BULLMQ].keys : [];
    if (keys.join() !== known.map((key) => `${prefix}${key}`).join())
      throw new TypeError(`${command} of this version of BullMQ has other keys: ${keys.join()}`);
    this.#compared.add(command);
  }
}

type Reply =
  | ['added', number]
  | ['repeated', string]
  | ['full']
  | ['orphaned']
  | ['no_upload']
  | ['no_reply']
  | ['changed', (string | null)?];

function read(reply: Reply): EnqueueReply {
  if (reply[0] === 'added') return { is: 'added', behind: reply[1] };
  if (reply[0] === 'repeated') return { is: 'repeated', data: reply[1] };
  if (reply[0] === 'orphaned') return { is: 'orphaned' };
  if (reply[0] === 'no_upload' || reply[0] === 'no_reply') return { is: reply[0] };
  return reply[0] === 'full' ? { is: 'full' } : { is: 'changed', view: reply[1] ?? null };
}

import type { SendState } from '@gateway/contracts';
import { RedisQueueBackend } from 'bullmq';
import {
  moveJobFromActiveToWait,
  moveJobsToWait,
  moveToActive,
  moveToFinished,
  promote,
  updateProgress,
} from 'bullmq/dist/cjs/scripts/index.js';
import { JOB_ENDS } from '../events/results.ts';
import { APPEND_EVENTS } from '../inbox/append-script.ts';
import { settleAppend, type PiggybackedAppends } from '../inbox/piggybacked-appends.ts';
import { fenceKey, sendJobKey, sendListKey, sendStateKey } from '../keys.ts';
import { Fenced } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import { aroundBullmq, type BullmqStep } from './bullmq-step.ts';

/**
 * Wraps one of BullMQ's scripts for the account's owner, as one atomic step. It does nothing if another owner has taken
 * over. It also writes the account's send state and the job's attempts, and returns the number of active jobs and of
 * those that waited for the job.
 * @param after Lua that is run if BullMQ's script succeeded. It may set `released`.
 * @param first Lua that is run before BullMQ's script. It may set `appended`.
 * @param functions Lua functions that `after` and `first` call.
 */
function owned(
  bullmq: Parameters<typeof aroundBullmq>[0],
  { after = '', first = '', functions = '' } = {},
): BullmqStep {
  return aroundBullmq(
    bullmq,
    `${functions}
local fence, state, active, job = KEYS[#KEYS - 3], KEYS[#KEYS - 2], KEYS[#KEYS - 1], KEYS[#KEYS]
if redis.call('GET', fence) ~= ARGV[#ARGV - 3] then return 'fenced' end
local released, appended = 0, false
${first}
local reply = bullmq()
if not (type(reply) == 'number' and reply < 0) then
  local new_state, attempts = ARGV[#ARGV - 2], ARGV[#ARGV - 1]
  if new_state ~= '' then redis.call('SET', state, new_state) end
  if attempts ~= '' and redis.call('EXISTS', job) == 1 then redis.call('HSET', job, 'atm', attempts) end
  ${after}
end
return { redis.call('LLEN', active), reply or false, released, appended }`,
  );
}

const ENDS = 'released = job_ends(string.sub(job, 1, -#ARGV[1] - 1), ARGV[1], ARGV[#ARGV])';
/**
 * The append's arguments come before their number and the account's four. It comes before the end of the job: when
 * Redis is out of memory, it refuses only a script's first write. It must refuse the events, as it does alone, and no
 * end of a job, whose first write is a deletion.
 */
const APPENDS = `
local from = #ARGV - 4 - ARGV[#ARGV - 4]
local _, answer = pcall(append_events, append_keys(fence), cjson.decode(ARGV[from]), ARGV, from)
appended = type(answer) == 'table' and answer.err or answer`;

const OWNED = new Map([
  ['moveToActive', owned(moveToActive)],
  ['moveToFinished', owned(moveToFinished, { after: ENDS, functions: JOB_ENDS })],
]);
/** Ends a job, and appends the events of the same turn of the event loop. */
const FINISH_AND_APPEND = owned(moveToFinished, {
  after: ENDS,
  first: APPENDS,
  functions: JOB_ENDS + APPEND_EVENTS,
});

/** Wraps one of BullMQ's scripts for the account's owner: it does nothing if another owner has taken over. */
function fenced(bullmq: Parameters<typeof aroundBullmq>[0]): BullmqStep {
  return aroundBullmq(
    bullmq,
    `if redis.call('GET', KEYS[#KEYS]) ~= ARGV[#ARGV] then return 'fenced' end
return bullmq()`,
  );
}

/**
 * What a former owner must not do late: replace the progress of a job, send one before its `send_at`, or put one back
 * that the next owner has fetched.
 */
const FENCED = new Map([
  ['updateProgress', fenced(updateProgress)],
  ['promote', fenced(promote)],
  ['moveJobsToWait', fenced(moveJobsToWait)],
  ['moveJobFromActiveToWait', fenced(moveJobFromActiveToWait)],
]);

/** The account, and the fence of its owner. */
export interface Owner {
  redis: RedisClient;
  userId: string;
  fence: string;
  /** Appends of events that may become part of the end of a job. */
  appends?: PiggybackedAppends | undefined;
}

/** What is written together with the end of a job, where it has changed, and the result that is published. */
interface WithEnd {
  result?: object | undefined;
  state?: SendState | undefined;
  attempts?: number | undefined;
}

/** BullMQ's backend of an account's queue, for the worker that owns the account. */
export class OwnedBackend extends RedisQueueBackend {
  /** Number of active jobs after the latest fetch or end of a job. */
  active = 0;
  /** Number of jobs that waited for the latest job that ended. They are at the head of the queue now. */
  released = 0;
  /** When the next `send_at` is due, in ms since the epoch, by the latest fetch that found nothing; Infinity: never. */
  nextDueAt = Infinity;
  readonly #owner: Owner;
  readonly #ends = new Map<string, WithEnd>();

  constructor(owner: Owner, ...bullmq: ConstructorParameters<typeof RedisQueueBackend>) {
    super(...bullmq);
    this.#owner = owner;
  }

  /** Writes `what` atomically with the end of the job, which `end` performs. */
  async writeWithEndOf<T>(jobId: string, what: WithEnd, end: () => Promise<T>): Promise<T> {
    this.#ends.set(jobId, what);
    try {
      return await end();
    } finally {
      this.#ends.delete(jobId);
    }
  }

  /** @throws {Fenced} */
  override async execCommand(
    client: Parameters<RedisQueueBackend['execCommand']>[0],
    command: string,
    args: (string | number | Buffer)[],
  ): Promise<unknown> {
    const step = FENCED.get(command);
    if (step !== undefined) return this.#runFenced(step, args);
    const known = OWNED.get(command);
    if (known === undefined) return super.execCommand(client, command, args);
    const { userId, fence, appends } = this.#owner;
    const isEnd = command === 'moveToFinished';
    const append = isEnd && appends?.mayTake(userId) === true ? await appends.take(userId, fence) : undefined;
    if (append === undefined) return this.#read(await this.#run(known, args, isEnd));
    try {
      const reply = await this.#run(FINISH_AND_APPEND, args, isEnd, [...append.args, append.args.length]);
      settleAppend(append, userId, reply);
      return this.#read(reply);
    } catch (error) {
      append.fail(error);
      throw error;
    }
  }

  /** @throws {Fenced} */
  async #runFenced({ script, keys }: BullmqStep, args: (string | number | Buffer)[]): Promise<unknown> {
    const { redis, userId, fence } = this.#owner;
    const allKeys = [...args.slice(0, keys).map(String), fenceKey(userId)];
    const reply = await script.run(redis, allKeys, [...args.slice(keys), fence]);
    if (reply === 'fenced') throw new Fenced(userId);
    return reply;
  }

  /** @param more arguments of a step that does more than BullMQ's script. */
  async #run(
    { script, keys }: BullmqStep,
    args: (string | number | Buffer)[],
    isEnd: boolean,
    more: readonly (string | number)[] = [],
  ): Promise<unknown> {
    const { redis, userId, fence } = this.#owner;
    const jobId = isEnd ? String(args[keys]) : '';
    const { state, attempts, result } = this.#ends.get(jobId) ?? {};
    return script.run(
      redis,
      [
        ...args.slice(0, keys).map(String),
        fenceKey(userId),
        sendStateKey(userId),
        sendListKey(userId, 'active'),
        sendJobKey(userId, jobId),
      ],
      [...args.slice(keys), ...more, fence, jsonOf(state), attempts ?? '', jsonOf(result)],
    );
  }

  /** @throws {Fenced} */
  #read(reply: unknown): unknown {
    if (!Array.isArray(reply)) throw new Fenced(this.#owner.userId);
    this.active = Number(reply[0]);
    this.released = Number(reply[2]);
    // A fetch that finds nothing returns four numbers, the time last; or 0 where nothing is delayed either.
    this.nextDueAt = (Array.isArray(reply[1]) && Number(reply[1][3])) || Infinity;
    return reply[1];
  }
}

function jsonOf(value: object | undefined): string {
  return value === undefined ? '' : JSON.stringify(value);
}

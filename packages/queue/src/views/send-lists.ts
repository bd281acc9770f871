import { isSignedIn, type AccountView, type JobView, type SendSummary } from '@gateway/contracts';
import { Pauses } from '@gateway/runtime';
import { describeJob, MOST_READS, type BullState } from '../jobs/job-reader.ts';
import { jobSizes, readForList, type JobSize, type SummarizedJob } from '../jobs/job-summary.ts';
import { privateMessagesOf, readReadAt, type PrivateMessages } from '../jobs/read-at.ts';
import { sendListKey, type JobList } from '../keys.ts';
import type { AccountQueues } from '../line/account-queues.ts';
import { parkedJobsKey } from '../line/dependents.ts';
import type { JobQueue } from '../line/enqueue-backend.ts';
import { whyNotRetried } from '../line/retry-job.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import { readAccountView } from './account-views.ts';

/**
 * An account's messages: the pending ones in the order in which they will be sent, and the ended ones, latest first.
 */
export interface SendLists {
  pending: SendSummary[];
  ended: SendSummary[];
}

/**
 * Reads the lists of one account repeatedly. It caches ended messages, so that it reads each only once. Its methods
 * throw `QUEUE_UNAVAILABLE` while Redis is away.
 */
export class SendListReader {
  readonly #redis: RedisClient;
  readonly #queues: AccountQueues;
  readonly #calls: RedisCalls;
  readonly #userId: string;
  /** Keyed by id and end time, since a job that was retried ends again. */
  #known = new Map<string, Shown>();

  constructor(redis: RedisClient, queues: AccountQueues, calls: RedisCalls, userId: string) {
    this.#redis = redis;
    this.#queues = queues;
    this.#calls = calls;
    this.#userId = userId;
  }

  /** Opened only to read a job: a queue object is large, and most watched accounts have no jobs. */
  get #queue(): JobQueue {
    return this.#queues.of(this.#userId);
  }

  /** @param limit most entries of each list. */
  async read(limit: number, now: number): Promise<SendLists> {
    const { pending, ended, view } = await this.#calls.read(() => this.#lists(limit, now));
    const known = ended.map(({ id, at }) => this.#known.get(`${id} ${at}`));
    const unknown = ended.filter((_, index) => known[index] === undefined);
    const read = await this.#summaries([...pending, ...unknown], view);
    const shownPending = read.slice(0, pending.length);
    const newlyEnded = read.slice(pending.length).values();
    const shownEnded = await this.#calls.read(() =>
      Promise.all(
        known.map(async (one) =>
          one === undefined ? (newlyEnded.next().value ?? null) : this.#whetherRead(one),
        ),
      ),
    );
    this.#known = new Map(
      ended.flatMap(({ id, at }, index) => {
        const one = shownEnded[index] ?? null;
        return one === null || one.summary.finished_at === null ? [] : [[`${id} ${at}`, one]];
      }),
    );
    // A job that changed its list during the read may appear in both: show it once.
    const shownIds = new Set<string>();
    const isNew = (one: SendSummary | null): one is SendSummary => {
      if (one === null || shownIds.has(one.job_id)) return false;
      shownIds.add(one.job_id);
      return true;
    };
    const all = [...shownPending, ...shownEnded].map((one) => one?.summary ?? null).filter(isNew);
    return {
      pending: all.filter(({ finished_at: at }) => at === null),
      ended: all
        .filter(({ finished_at: at }) => at !== null)
        .slice(0, limit)
        .map((one) => offered(one, view)),
    };
  }

  /** The jobs to show, and the account's view. */
  async #lists(limit: number, now: number) {
    const key = (list: JobList) => sendListKey(this.#userId, list);
    const [active, waiting, delayed, parked, completed, failed] = await Promise.all([
      this.#redis.lrange(key('active'), -limit, -1),
      this.#redis.lrange(key('wait'), -limit, -1),
      this.#redis.zrange(key('delayed'), 0, limit - 1),
      this.#redis.zrange(parkedJobsKey(this.#userId), 0, limit - 1),
      this.#redis.zrevrange(key('completed'), 0, limit - 1, 'WITHSCORES'),
      this.#redis.zrevrange(key('failed'), 0, limit - 1, 'WITHSCORES'),
    ]);
    const pending = [
      ...listed('active', active.toReversed()),
      ...listed('waiting', waiting.toReversed()),
      ...listed('delayed', delayed),
      ...listed('waiting-children', parked),
    ].slice(0, limit);
    const ended = [...withTimes('completed', completed), ...withTimes('failed', failed)]
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit);
    return { pending, ended, view: await readAccountView(this.#redis, this.#userId, now) };
  }

  /** An ended job as it was shown, and whether its messages are read by now. */
  async #whetherRead({ summary, messages }: Shown): Promise<Shown> {
    if (messages === null || summary.read_at !== null) return { summary, messages };
    return {
      summary: { ...summary, read_at: await readReadAt(this.#redis, this.#userId, messages) },
      messages,
    };
  }

  /** Describes jobs of the account that have failed; those that no longer exist are left out. */
  async failed(jobIds: readonly string[], now: number): Promise<SendSummary[]> {
    const view = await this.#calls.read(() => readAccountView(this.#redis, this.#userId, now));
    const shown = await this.#summaries(listed('failed', jobIds), view);
    return shown.flatMap((one) => (one?.summary.state === 'failed' ? [offered(one.summary, view)] : []));
  }

  /**
   * Describes jobs; `null` for each that no longer exists. Jobs with large data of former versions are read one at a
   * time, with a deadline and a pause for each: a hundred of them may hold 50 MB.
   */
  async #summaries(entries: readonly Listed[], view: AccountView): Promise<(Shown | null)[]> {
    const ids = entries.map(({ id }) => id);
    const sizes = await this.#calls.read(() => jobSizes(this.#redis, this.#userId, ids));
    const describe = async (entry: Listed, size: JobSize) => this.#summarize(entry, view, size.stored);
    const quick = await this.#calls.read(() =>
      Promise.all(
        entries.map(async (entry, index) => {
          const size = sizes[index];
          return size === undefined || size.isSlow ? null : describe(entry, size);
        }),
      ),
    );
    const pauses = new Pauses();
    for (const [index, entry] of entries.entries()) {
      const size = sizes[index];
      if (size?.isSlow !== true) continue;
      quick[index] = await this.#calls.read(() => describe(entry, size));
      await pauses.pause();
    }
    return quick;
  }

  /**
   * Describes one job; `null` if it no longer exists. The state comes from the list that holds the job, since finding a
   * job in a long queue is slow. Only a job that has left its list meanwhile has its state looked up.
   * @param stored the summary of its data, if it is stored.
   */
  async #summarize({ id, state }: Listed, view: AccountView, stored: string | null): Promise<Shown | null> {
    const read = await this.#readJob(id, stored);
    if (read === null) return null;
    const address = { kind: 'send', userId: this.#userId } as const;
    const described = await describeJob(this.#redis, { job: read.job, state }, address, view);
    return described === null ? this.#summarizeMoved(id, view, stored) : shownOf(read, described);
  }

  async #summarizeMoved(
    jobId: string,
    view: AccountView,
    stored: string | null,
    reads = MOST_READS,
  ): Promise<Shown | null> {
    const [read, state] = await Promise.all([this.#readJob(jobId, stored), this.#queue.getJobState(jobId)]);
    if (read === null) return null;
    const address = { kind: 'send', userId: this.#userId } as const;
    const described = await describeJob(this.#redis, { job: read.job, state }, address, view, reads === 1);
    return described === null
      ? this.#summarizeMoved(jobId, view, stored, reads - 1)
      : shownOf(read, described);
  }

  #readJob(jobId: string, stored: string | null): Promise<SummarizedJob | null> {
    return readForList(this.#redis, this.#queue, this.#userId, jobId, stored);
  }
}

interface Shown {
  summary: SendSummary;
  /** What its recipient may read. */
  messages: PrivateMessages | null;
}

/** A job's id, with the state of the list that holds it. */
interface Listed {
  id: string;
  state: BullState;
}

function listed(state: BullState, ids: readonly string[]): Listed[] {
  return ids.map((id) => ({ id, state }));
}

function shownOf({ job, summary }: SummarizedJob, described: JobView): Shown {
  const can_retry = described.state === 'failed' && whyNotRetried(job.failedReason) === null;
  return { summary: { ...described, ...summary, can_retry }, messages: privateMessagesOf(job) };
}

/** The summary without the offer of a retry that would be refused. */
function offered(summary: SendSummary, { state }: AccountView): SendSummary {
  return summary.can_retry && !isSignedIn(state) ? { ...summary, can_retry: false } : summary;
}

function withTimes(state: BullState, flat: readonly string[]): (Listed & { at: number })[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    id: flat[index * 2] ?? '',
    state,
    at: Number(flat[index * 2 + 1]),
  }));
}

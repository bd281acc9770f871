import { partsOfJob, readJob, type JobEnvelope } from '@gateway/actions';
import { isSignedIn, type AccountView, type JobView, type SendSummary } from '@gateway/contracts';
import type { Job } from 'bullmq';
import { describeJob, MOST_READS, type BullState } from '../jobs/job-reader.ts';
import { privateMessagesOf, readReadAt, type PrivateMessages } from '../jobs/read-at.ts';
import { sendListKey, type JobList } from '../keys.ts';
import type { AccountQueues } from '../line/account-queues.ts';
import { parkedJobsKey } from '../line/dependents.ts';
import type { JobQueue } from '../line/enqueue-backend.ts';
import { whyNotRetried } from '../line/retry-job.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readAccountView } from './account-views.ts';

/** Length of a message preview in a list, in UTF-16 units. */
const PREVIEW_LENGTH = 160;

/**
 * An account's messages: the pending ones in the order in which they will be sent, and the ended ones, latest first.
 */
export interface SendLists {
  pending: SendSummary[];
  ended: SendSummary[];
}

/** Reads the lists of one account repeatedly. It caches ended messages, so that it reads each only once. */
export class SendListReader {
  readonly #redis: RedisClient;
  readonly #queues: AccountQueues;
  readonly #userId: string;
  /** Keyed by id and end time, since a job that was retried ends again. */
  #known = new Map<string, Shown>();

  constructor(redis: RedisClient, queues: AccountQueues, userId: string) {
    this.#redis = redis;
    this.#queues = queues;
    this.#userId = userId;
  }

  /** Opened only to read a job: a queue object is large, and most watched accounts have no jobs. */
  get #queue(): JobQueue {
    return this.#queues.of(this.#userId);
  }

  /** @param limit most entries of each list. */
  async read(limit: number, now: number): Promise<SendLists> {
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
    const view = await readAccountView(this.#redis, this.#userId, now);
    const summary = async (entry: Listed) => this.#summarize(entry, view);
    const endedSummary = async (entry: Listed & { at: number }) => {
      const known = this.#known.get(`${entry.id} ${entry.at}`);
      return known === undefined ? summary(entry) : this.#whetherRead(known);
    };
    const shown = await Promise.all([
      Promise.all(pending.map(summary)),
      Promise.all(ended.map(endedSummary)),
    ]);
    this.#known = new Map(
      ended.flatMap(({ id, at }, index) => {
        const one = shown[1][index] ?? null;
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
    const all = shown
      .flat()
      .map((one) => one?.summary ?? null)
      .filter(isNew);
    return {
      pending: all.filter(({ finished_at: at }) => at === null),
      ended: all
        .filter(({ finished_at: at }) => at !== null)
        .slice(0, limit)
        .map((one) => offered(one, view)),
    };
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
    const view = await readAccountView(this.#redis, this.#userId, now);
    const entries = listed('failed', jobIds);
    const shown = await Promise.all(entries.map(async (entry) => this.#summarize(entry, view)));
    return shown.flatMap((one) => (one?.summary.state === 'failed' ? [offered(one.summary, view)] : []));
  }

  /**
   * Describes one job; `null` if it no longer exists. The state comes from the list that holds the job, since finding a
   * job in a long queue is slow. Only a job that has left its list meanwhile has its state looked up.
   */
  async #summarize({ id, state }: Listed, view: AccountView): Promise<Shown | null> {
    const job = await this.#queue.getJob(id);
    if (job === undefined) return null;
    const address = { kind: 'send', userId: this.#userId } as const;
    const described = await describeJob(this.#redis, { job, state }, address, view);
    return described === null ? this.#summarizeMoved(id, view) : shownOf(job, described);
  }

  async #summarizeMoved(jobId: string, view: AccountView, reads = MOST_READS): Promise<Shown | null> {
    const [job, state] = await Promise.all([this.#queue.getJob(jobId), this.#queue.getJobState(jobId)]);
    if (job === undefined) return null;
    const address = { kind: 'send', userId: this.#userId } as const;
    const described = await describeJob(this.#redis, { job, state }, address, view, reads === 1);
    return described === null ? this.#summarizeMoved(jobId, view, reads - 1) : shownOf(job, described);
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

function shownOf(job: Job<JobEnvelope, object>, described: JobView): Shown {
  return { summary: summaryOf(job, described), messages: privateMessagesOf(job) };
}

function summaryOf(job: Job<JobEnvelope, object>, described: JobView): SendSummary {
  const read = readJob(job.name, job.data);
  const action = read.is === 'known' ? read.action : undefined;
  return {
    ...described,
    recipient_id: action?.chatsOf(job.data)[0] ?? '',
    preview: beginning(action?.preview(job.data) ?? ''),
    parts: action === undefined ? 1 : partsOfJob(action, job.data),
    can_retry: described.state === 'failed' && whyNotRetried(job.failedReason) === null,
  };
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

/** The start of a text. It never ends with half a surrogate pair. */
function beginning(text: string): string {
  if (text.length <= PREVIEW_LENGTH) return text;
  return `${text.slice(0, PREVIEW_LENGTH).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

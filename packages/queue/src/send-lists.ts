import {
  partsOf,
  type AccountView,
  type JobView,
  type SendJob,
  type SendResult,
  type SendSummary,
} from '@gateway/contracts';
import type { Job } from 'bullmq';
import type { SendQueue } from './accepting-backend.ts';
import type { AccountQueues } from './account-queues.ts';
import { readAccountView } from './account-views.ts';
import { describeJob, MOST_LOOKS, type BullState } from './job-reader.ts';
import { sendListKey, type JobList } from './keys.ts';
import type { RedisClient } from './redis.ts';
import { whyNotRetried } from './retry-send.ts';

/** UTF-16 units of a text that a list shows. */
const PREVIEW_LENGTH = 160;

/** An account's messages: what is under way and waits, in the order in which it goes out, and what has ended, the latest first. */
export interface SendLists {
  pending: SendSummary[];
  ended: SendSummary[];
}

/** Reads the lists of one account, again and again: what has ended is not read twice. */
export class SendListReader {
  readonly #redis: RedisClient;
  readonly #queue: SendQueue;
  readonly #userId: string;
  /** By id and the time of the end, since a job that was tried again ends again. */
  #known = new Map<string, SendSummary>();

  constructor(redis: RedisClient, queues: AccountQueues, userId: string) {
    this.#redis = redis;
    this.#queue = queues.of(userId);
    this.#userId = userId;
  }

  /** @param limit how many of each list at most. */
  async read(limit: number, now: number): Promise<SendLists> {
    const key = (list: JobList) => sendListKey(this.#userId, list);
    const [active, waiting, delayed, completed, failed] = await Promise.all([
      this.#redis.lrange(key('active'), -limit, -1),
      this.#redis.lrange(key('wait'), -limit, -1),
      this.#redis.zrange(key('delayed'), 0, limit - 1),
      this.#redis.zrevrange(key('completed'), 0, limit - 1, 'WITHSCORES'),
      this.#redis.zrevrange(key('failed'), 0, limit - 1, 'WITHSCORES'),
    ]);
    const pending = [
      ...listed('active', active.toReversed()),
      ...listed('waiting', waiting.toReversed()),
      ...listed('delayed', delayed),
    ].slice(0, limit);
    const ended = [...withTimes('completed', completed), ...withTimes('failed', failed)]
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit);
    const view = await readAccountView(this.#redis, this.#userId, now);
    const summary = async (entry: Listed) => this.#summarize(entry, view);
    const known = this.#known;
    const shown = await Promise.all([
      Promise.all(pending.map(summary)),
      Promise.all(ended.map(async (entry) => known.get(`${entry.id} ${entry.at}`) ?? summary(entry))),
    ]);
    this.#known = new Map(
      ended.flatMap(({ id, at }, index) => {
        const one = shown[1][index];
        return one === null || one === undefined || one.finished_at === null ? [] : [[`${id} ${at}`, one]];
      }),
    );
    // What has changed its list meanwhile stands in one of them.
    const shownIds = new Set<string>();
    const isNew = (one: SendSummary | null): one is SendSummary => {
      if (one === null || shownIds.has(one.job_id)) return false;
      shownIds.add(one.job_id);
      return true;
    };
    const all = shown.flat().filter(isNew);
    return {
      pending: all.filter(({ finished_at: at }) => at === null),
      ended: all.filter(({ finished_at: at }) => at !== null).slice(0, limit),
    };
  }

  /**
   * `null`: it is not there any more. The list says how it stands: to search the line for each job would take longer the longer the line is. Only one
   * that has left its list meanwhile is searched for.
   */
  async #summarize({ id, state }: Listed, view: AccountView): Promise<SendSummary | null> {
    const job = await this.#queue.getJob(id);
    if (job === undefined) return null;
    const address = { kind: 'send', userId: this.#userId } as const;
    const described = await describeJob(this.#redis, { job, state }, address, view);
    return described === null ? this.#summarizeMoved(id, view) : summaryOf(job, described);
  }

  async #summarizeMoved(jobId: string, view: AccountView, looks = MOST_LOOKS): Promise<SendSummary | null> {
    const [job, state] = await Promise.all([this.#queue.getJob(jobId), this.#queue.getJobState(jobId)]);
    if (job === undefined) return null;
    const address = { kind: 'send', userId: this.#userId } as const;
    const described = await describeJob(this.#redis, { job, state }, address, view, looks === 1);
    return described === null ? this.#summarizeMoved(jobId, view, looks - 1) : summaryOf(job, described);
  }
}

/** A job as a list has it. */
interface Listed {
  id: string;
  state: BullState;
}

function listed(state: BullState, ids: readonly string[]): Listed[] {
  return ids.map((id) => ({ id, state }));
}

function summaryOf(job: Job<SendJob, SendResult>, described: JobView): SendSummary {
  const { recipient, text, cuts } = job.data;
  return {
    ...described,
    recipient_id: recipient,
    preview: beginning(text),
    parts: cuts === undefined ? 1 : partsOf(text, cuts).length,
    can_retry: described.state === 'failed' && whyNotRetried(job.failedReason) === null,
  };
}

function withTimes(state: BullState, flat: readonly string[]): (Listed & { at: number })[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    id: flat[index * 2] ?? '',
    state,
    at: Number(flat[index * 2 + 1]),
  }));
}

/** Never half of a surrogate pair. */
function beginning(text: string): string {
  if (text.length <= PREVIEW_LENGTH) return text;
  return `${text.slice(0, PREVIEW_LENGTH).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

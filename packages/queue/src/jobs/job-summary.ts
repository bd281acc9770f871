import { actionOf, partsOfJob, readJob, type AnyAction, type JobEnvelope } from '@gateway/actions';
import { Job } from 'bullmq';
import * as z from 'zod';
import { sendJobKey } from '../keys.ts';
import type { JobQueue } from '../line/enqueue-backend.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** Length of a message preview in a list, in UTF-16 units. */
const PREVIEW_LENGTH = 160;

/** What a list shows of a job's data. */
const jobSummarySchema = z.object({ recipient_id: z.string(), preview: z.string(), parts: z.number() });
type JobSummary = z.output<typeof jobSummarySchema>;

/** The field of a job's hash with its summary, beside BullMQ's own. Only jobs with large data have it. */
export const SUMMARY_FIELD = 'summary';

/** Size of a job's data (JSON) up to which lists read it whole, in UTF-16 units or bytes. */
const MOST_DATA = 4_096;

/** The summary to store with a new job (JSON); empty where lists may read its data instead. */
export function summaryToStore(name: string, data: JobEnvelope, size: number): string {
  return size > MOST_DATA ? JSON.stringify(summaryOf(actionOf(name), data)) : '';
}

/** The summary of a job that another version may have enqueued. */
function summaryOfStored(name: string, data: JobEnvelope): JobSummary {
  const read = readJob(name, data);
  return summaryOf(read.is === 'known' ? read.action : undefined, data);
}

function summaryOf(action: AnyAction | undefined, data: JobEnvelope): JobSummary {
  return {
    recipient_id: action?.chatsOf(data)[0] ?? '',
    preview: beginning(action?.preview(data) ?? ''),
    parts: action === undefined ? 1 : partsOfJob(action, data),
  };
}

/** The start of a text. It never ends with half a surrogate pair. */
function beginning(text: string): string {
  if (text.length <= PREVIEW_LENGTH) return text;
  return `${text.slice(0, PREVIEW_LENGTH).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** How a list reads a job. */
export interface JobSize {
  /** The stored summary (JSON); `null`: none. */
  stored: string | null;
  /** Without a summary and with large data: a former version enqueued it. Read such jobs one at a time. */
  isSlow: boolean;
}

const SIZES = new Script(`
local sizes = {}
for i = 1, #KEYS do
  sizes[2 * i - 1] = redis.call('HGET', KEYS[i], '${SUMMARY_FIELD}') or ''
  sizes[2 * i] = redis.call('HSTRLEN', KEYS[i], 'data')
end
return sizes`);

/** How to read each of an account's jobs. */
export async function jobSizes(
  redis: RedisClient,
  userId: string,
  jobIds: readonly string[],
): Promise<JobSize[]> {
  if (jobIds.length === 0) return [];
  const keys = jobIds.map((id) => sendJobKey(userId, id));
  const reply = (await SIZES.run(redis, keys)) as (string | number)[];
  return jobIds.map((_, index) => {
    const stored = String(reply[index * 2] ?? '') || null;
    return { stored, isSlow: stored === null && Number(reply[index * 2 + 1]) > MOST_DATA };
  });
}

/** A job, without its data where its summary is stored. */
export interface SummarizedJob {
  job: Job<unknown, unknown>;
  summary: JobSummary;
}

/** Reads a job for a list; `null` if it does not exist. @param stored its stored summary. */
export async function readForList(
  redis: RedisClient,
  queue: JobQueue,
  userId: string,
  jobId: string,
  stored: string | null,
): Promise<SummarizedJob | null> {
  if (stored === null) {
    const job = await queue.getJob(jobId);
    return job === undefined ? null : { job, summary: summaryOfStored(job.name, job.data) };
  }
  const job = await readWithoutData(redis, queue, sendJobKey(userId, jobId), jobId);
  return job === null ? null : { job, summary: jobSummarySchema.parse(JSON.parse(stored)) };
}

/** BullMQ's names of the fields that describe a job's state. `atm`: its attempts. */
const FIELDS = [
  'name',
  'timestamp',
  'delay',
  'atm',
  'progress',
  'finishedOn',
  'failedReason',
  'returnvalue',
] as const;

async function readWithoutData(
  redis: RedisClient,
  queue: JobQueue,
  key: string,
  jobId: string,
): Promise<Job | null> {
  const values = await redis.hmget(key, ...FIELDS);
  const [name, timestamp, delay, attempts, progress, finishedOn, failedReason, returnvalue] = values;
  if (typeof name !== 'string') return null;
  return Job.fromJSON(
    queue,
    {
      id: jobId,
      name,
      data: '{}',
      opts: {},
      timestamp: Number(timestamp),
      delay: Number(delay ?? 0),
      attemptsMade: Number(attempts ?? 0),
      attemptsStarted: 0,
      stalledCounter: 0,
      progress: JSON.parse(progress ?? '0'),
      ...(typeof finishedOn === 'string' && { finishedOn: Number(finishedOn) }),
      failedReason: failedReason ?? '',
      returnvalue: returnvalue ?? '',
    },
    jobId,
  );
}

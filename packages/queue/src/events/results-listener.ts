import { holdReasonOf, type HoldNotice } from '@gateway/contracts';
import type { RedisAddress } from '@gateway/runtime';
import * as z from 'zod';
import { parseJobId } from '../jobs/job-id.ts';
import { controlJobKey, ENDED_CHANNEL, HELD_CHANNEL, sendJobKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Subscriber } from '../redis/subscriber.ts';

/** Interval at which awaited jobs are read, ms. It finds an end whose message was lost. */
const READ_MS = 500;

/** Why a wait for a job ended. `result` is set where the message said that the job succeeded. */
export type WaitEnd =
  | { end: 'finished'; result?: object }
  | { end: 'held'; hold: HoldNotice }
  | { end: 'timeout' };

/** A wait for one job. It starts before the job is enqueued, so that it misses no end. */
export interface JobWait {
  /** Waits at most `ms`. A hold that outlasts the wait ends it; aborting the signal ends it as `timeout`. */
  until(ms: number, signal?: AbortSignal): Promise<WaitEnd>;
  cancel(): void;
}

/** For callers that do not wait. */
export const NO_WAIT: JobWait = { until: () => Promise.resolve({ end: 'timeout' }), cancel: () => {} };

const heldSchema = z.union([
  z.object({ userId: z.string(), reason: z.string(), until: z.number().nullable() }),
  z.object({ jobId: z.string(), reason: z.string(), until: z.number().nullable() }),
]);

/**
 * The caller's side: one subscription, shared by many waits. Jobs that take longer are also read, so a lost message
 * delays an end by at most twice {@link READ_MS}.
 */
export class ResultsListener {
  readonly #redis: RedisClient;
  readonly #subscriber: Subscriber;
  readonly #reading: NodeJS.Timeout;
  #isReading = false;
  /** The keys of all waits at the last reading. */
  #lastRead: ReadonlySet<string> = new Set();
  /** Keyed by job id and by account id, which never look alike. */
  readonly #waits = new Map<string, Set<Wait>>();

  /** @param redis reads the jobs. The subscription opens its own connection. */
  constructor(redis: RedisClient, address: RedisAddress) {
    this.#redis = redis;
    this.#subscriber = new Subscriber(address, redis);
    const subscribe = (channel: string, listener: (message: string) => void) =>
      this.#subscriber.listen(channel, listener).catch(() => {}); // Closed before it was open.
    void subscribe(ENDED_CHANNEL, (message) => this.#ended(message));
    void subscribe(HELD_CHANNEL, (message) => this.#held(message));
    this.#reading = setInterval(() => void this.#readJobs(), READ_MS);
    this.#reading.unref();
  }

  /** @param userId the account whose holds end the wait too; `null`: none do. */
  expect(jobId: string, userId: string | null): JobWait {
    const keys = userId === null ? [jobId] : [jobId, userId];
    const wait = new Wait((ended) => {
      for (const key of keys) this.#remove(key, ended);
    });
    for (const key of keys) this.#add(key, wait);
    return wait;
  }

  #ended(message: string): void {
    const space = message.indexOf(' ');
    const waits = this.#waits.get(message.slice(0, space));
    if (waits === undefined) return;
    const result = parseJson(message.slice(space + 1));
    for (const wait of waits)
      wait.finished(typeof result === 'object' && result !== null ? result : undefined);
  }

  #held(message: string): void {
    const { success, data } = heldSchema.safeParse(parseJson(message));
    if (!success) return;
    const { reason, until } = data;
    const hold = until === null ? { reason, until } : { reason: holdReasonOf(reason), until };
    for (const wait of this.#waits.get('jobId' in data ? data.jobId : data.userId) ?? []) wait.held(hold);
  }

  /** Ends the waits of jobs that have ended, if they were awaited at the previous reading already. */
  async #readJobs(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const read = [...this.#waits.keys()].filter((key) => this.#lastRead.has(key));
    this.#lastRead = new Set(this.#waits.keys());
    try {
      await Promise.all(
        read.map(async (key) => {
          if (await hasEnded(this.#redis, key))
            for (const wait of this.#waits.get(key) ?? []) wait.finished();
        }),
      );
    } catch {
      // Redis is away: the next reading finds what ended meanwhile.
    } finally {
      this.#isReading = false;
    }
  }

  #add(key: string, wait: Wait): void {
    const others = this.#waits.get(key);
    if (others === undefined) this.#waits.set(key, new Set([wait]));
    else others.add(wait);
  }

  #remove(key: string, wait: Wait): void {
    const others = this.#waits.get(key);
    others?.delete(wait);
    if (others?.size === 0) this.#waits.delete(key);
  }

  close(): void {
    clearInterval(this.#reading);
    this.#subscriber.close();
  }
}

/** `false` for an account's id too. */
async function hasEnded(redis: RedisClient, jobId: string): Promise<boolean> {
  const address = parseJobId(jobId);
  if (address === null) return false;
  const { kind, userId, shard } = address;
  const job = kind === 'send' ? sendJobKey(userId, jobId) : controlJobKey(shard, jobId);
  return (await redis.hexists(job, 'finishedOn')) === 1;
}

class Wait implements JobWait {
  readonly #forget: (wait: Wait) => void;
  #finished: { end: 'finished'; result?: object } | undefined;
  #hold: HoldNotice | undefined;
  #onChange: (() => void) | undefined;

  constructor(forget: (wait: Wait) => void) {
    this.#forget = forget;
  }

  finished(result?: object): void {
    this.#finished ??= { end: 'finished', ...(result && { result }) };
    this.#onChange?.();
  }

  held(hold: HoldNotice): void {
    this.#hold = hold;
    this.#onChange?.();
  }

  cancel(): void {
    this.#forget(this);
  }

  async until(ms: number, signal?: AbortSignal): Promise<WaitEnd> {
    if (signal?.aborted === true) return { end: 'timeout' };
    const deadline = Date.now() + ms;
    let timer: NodeJS.Timeout | undefined;
    let onAbort = () => {};
    try {
      return await new Promise<WaitEnd>((resolve) => {
        this.#onChange = () => {
          const hold = this.#hold;
          if (this.#finished !== undefined) resolve(this.#finished);
          else if (hold !== undefined && (hold.until === null || hold.until > deadline))
            resolve({ end: 'held', hold });
        };
        this.#onChange();
        timer = setTimeout(() => resolve({ end: 'timeout' }), ms);
        onAbort = () => resolve({ end: 'timeout' });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.#onChange = undefined;
    }
  }
}

/** Never throws: a worker of another version may publish something else. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { holdReasonOf, type HoldNotice } from '@gateway/contracts';
import { QueueEvents, QueueEventsProducer, type QueueEventsListener } from 'bullmq';
import { Redis } from 'ioredis';
import { RESULTS_STREAM, shardPrefix } from '../keys.ts';
import { CONSUMER_OPTIONS, type RedisClient } from '../redis/clients.ts';
import { sharedBackend, type SharedBackend } from '../redis/shared-backend.ts';

/**
 * Events kept per shard's stream: enough to bridge a listener's short outage. Older ends are read from the job itself.
 */
const EVENTS_KEPT = 10_000;

/** The events on a shard's results stream. */
interface ResultsListeners extends QueueEventsListener {
  /** A job has completed or failed. `result` (JSON): only of an action that succeeded. */
  finished: (args: { jobId: string; result?: string }, id: string) => void;
  /**
   * An account's sends, or only the job `jobId`, are held from now until `until` (ms since the epoch, as text). Empty
   * `until`: until a person ends the hold.
   */
  held: (args: { userId: string; jobId?: string; reason: string; until: string }, id: string) => void;
}

/** The worker's side: publishes ends of jobs and holds, over the shared connection. */
export class ResultsPublisher {
  readonly #redis: RedisClient;
  readonly #backend: SharedBackend;
  readonly #producers = new Map<number, QueueEventsProducer>();

  constructor(redis: RedisClient, backend: SharedBackend) {
    this.#redis = redis;
    this.#backend = backend;
  }

  /** @param result a send's result, so that waiting callers need not read the job. */
  async finished(shard: number, jobId: string, result?: object): Promise<void> {
    const event = { eventName: 'finished', jobId, ...(result && { result: JSON.stringify(result) }) };
    await this.#producer(shard).publishEvent(event, EVENTS_KEPT);
  }

  /** @param jobId the one job that is held; without it, all of the account's jobs are. */
  async held(shard: number, userId: string, hold: HoldNotice, jobId?: string): Promise<void> {
    const whom = { userId, ...(jobId !== undefined && { jobId }) };
    const event = { eventName: 'held', ...whom, reason: hold.reason, until: String(hold.until ?? '') };
    await this.#producer(shard).publishEvent(event, EVENTS_KEPT);
  }

  #producer(shard: number): QueueEventsProducer {
    const kept = this.#producers.get(shard);
    if (kept !== undefined) return kept;
    const producer = new QueueEventsProducer(
      RESULTS_STREAM,
      { connection: this.#redis },
      this.#backend(shardPrefix(shard)),
    );
    producer.on('error', () => {}); // Each call reports its own error to its caller.
    this.#producers.set(shard, producer);
    return producer;
  }
}

/** Why a wait for a job ended. `result` is set where the event said that the message was sent. */
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

/**
 * The caller's side: one reader per shard's stream, shared by many waits. If an event is lost, the wait times out, but
 * its caller still gets no wrong answer.
 */
export class ResultsListener {
  readonly #readers: { redis: Redis; stream: QueueEvents }[];
  /** Keyed by job id and by account id, which never look alike. */
  readonly #waits = new Map<string, Set<Wait>>();

  /** Opens a connection per shard, since each reader blocks its connection; {@link close} closes them. */
  constructor(shards: number, redisUrl: string) {
    this.#readers = Array.from({ length: shards }, (_, shard) => {
      // Opened here because BullMQ cannot close a connection that never connected.
      const redis = new Redis(redisUrl, CONSUMER_OPTIONS);
      redis.on('error', () => {}); // The producer's connection reports the same outage.
      const stream = new QueueEvents(
        RESULTS_STREAM,
        { connection: redis },
        sharedBackend(redis)(shardPrefix(shard)),
      );
      stream.on('error', () => {});
      stream.on<ResultsListeners, 'finished'>('finished', ({ jobId, result }) => {
        for (const wait of this.#waits.get(jobId) ?? []) wait.finished(result);
      });
      stream.on<ResultsListeners, 'held'>('held', ({ userId, jobId, reason, until }) => {
        for (const wait of this.#waits.get(jobId ?? userId) ?? []) wait.held(noticeOf(reason, until));
      });
      return { redis, stream };
    });
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

  async close(): Promise<void> {
    await Promise.all(
      this.#readers.map(async ({ redis, stream }) => {
        const closing = stream.close();
        redis.disconnect();
        await closing;
      }),
    );
  }
}

function noticeOf(reason: string, until: string): HoldNotice {
  return until === '' ? { reason, until: null } : { reason: holdReasonOf(reason), until: Number(until) };
}

class Wait implements JobWait {
  readonly #forget: (wait: Wait) => void;
  #finished: { end: 'finished'; result?: object } | undefined;
  #hold: HoldNotice | undefined;
  #onChange: (() => void) | undefined;

  constructor(forget: (wait: Wait) => void) {
    this.#forget = forget;
  }

  finished(result: string | undefined): void {
    const sent = result === undefined ? undefined : resultIn(result);
    this.#finished = { end: 'finished', ...(sent && { result: sent }) };
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

/**
 * Parses the result of an action. `undefined` where it is not an object; the caller then reads the job. It must not
 * throw: BullMQ would swallow the error, and the wait would run its whole time.
 */
function resultIn(json: string): object | undefined {
  try {
    const result: unknown = JSON.parse(json);
    return typeof result === 'object' && result !== null ? result : undefined;
  } catch {
    return undefined;
  }
}

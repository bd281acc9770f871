import type { JobState } from '@gateway/contracts';
import {
  GatewayApiError,
  GatewayConnectionError,
  JobTimeoutError,
  objectOf,
  streamedErrorOf,
} from './errors.ts';
import { never, repeatable, sleep, waitBefore } from './retry.ts';
import type { EventStream, Transport } from './transport.ts';
import type { CallOptions, EndedJob, Job } from './types.ts';

/** Seconds that one long poll waits for the job to end. */
const POLL_SECONDS = 30;
/** ms allowed for the answer to arrive after the gateway's own wait. */
const LATE_MS = 15_000;

export interface WaitForJobOptions extends CallOptions {
  /** ms. Default: no limit; only the signal ends the wait. */
  timeoutMs?: number | undefined;
}

const ENDED: ReadonlySet<JobState> = new Set(['completed', 'failed', 'cancelled']);

export function hasEnded(job: Job): job is EndedJob {
  return ENDED.has(job.state);
}

/** @param wait seconds that the gateway waits for the job to end before it answers. */
export function readJob(
  transport: Transport,
  jobId: string,
  { wait = 0, signal }: CallOptions & { wait?: number | undefined },
): Promise<Job> {
  return transport.json<Job>({
    method: 'GET',
    path: `${pathOf(jobId)}${wait > 0 ? `?wait=${wait}` : ''}`,
    retry: repeatable,
    signal,
    ...(wait > 0 && { timeoutMs: wait * 1_000 + LATE_MS }),
  });
}

/** @throws {JobTimeoutError} */
export async function waitForJob(
  transport: Transport,
  jobId: string,
  { timeoutMs = Infinity, signal }: WaitForJobOptions,
): Promise<EndedJob> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seconds = Math.ceil((end - Date.now()) / 1_000);
    const wait = Math.min(POLL_SECONDS, Math.max(0, seconds));
    const asked = Date.now();
    const job = await readJob(transport, jobId, { wait, signal });
    if (hasEnded(job)) return job;
    if (Date.now() >= end) throw new JobTimeoutError(jobId, timeoutMs);
    // A gateway that is shutting down answers early: do not poll it in a tight loop.
    if (Date.now() - asked < 1_000) await sleep(Math.min(500, end - Date.now()), signal);
  }
}

/** See {@link GatewayClient.jobEvents}. */
export async function* jobEvents(
  transport: Transport,
  jobId: string,
  { retries, backoffMs }: { retries: number; backoffMs: number },
  { signal }: CallOptions,
): AsyncGenerator<Job> {
  let lastId = '';
  let failures = 0;
  let wait = backoffMs;
  for (;;) {
    let stream: EventStream | null = null;
    try {
      stream = await transport.stream({
        method: 'GET',
        path: `${pathOf(jobId)}/events`,
        retry: never,
        signal,
        ...(lastId !== '' && { headers: { 'Last-Event-ID': lastId } }),
      });
      if (stream === null) return;
      const failed = failures;
      failures = 0;
      for await (const { event, data, id } of stream.events) {
        if (event === 'error') {
          failures = failed;
          throw streamedErrorOf(objectOf(data) ?? {});
        }
        const job = event === 'job' ? jobOf(data) : null;
        if (job === null) continue;
        yield job;
        if (hasEnded(job)) return;
        lastId = id;
      }
      wait = backoffMs;
    } catch (error) {
      const isOurs = error instanceof GatewayApiError || error instanceof GatewayConnectionError;
      failures += 1;
      if (!isOurs || !repeatable(error) || failures > retries) throw error;
      const retryAfter = error instanceof GatewayApiError ? error.retryAfter : null;
      const next = waitBefore(failures, backoffMs, retryAfter, Math.random());
      if (next === null) throw error;
      wait = next;
    }
    await sleep(Math.max(wait, stream?.retryMs() ?? 0), signal);
  }
}

/** Parses the JSON. The cast relies on the gateway's contract. */
function jobOf(data: string): Job | null {
  return objectOf(data) as Job | null;
}

export function pathOf(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}`;
}

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayApiError, type GatewayClient, type Job } from '@gateway/client';
import type { BatchLine } from './read-batch.ts';

/** Progress of a batch. `waiting` counts accepted messages that are neither sent nor failed. */
export interface Tally {
  lines: number;
  accepted: number;
  sent: number;
  /** Refused by the gateway, or failed at Telegram. */
  failed: number;
  waiting: number;
  /** Why a message is held, and until when (RFC 3339), if known. */
  reason: string | null;
  retry_at: string | null;
}

/** The result of one line. */
export interface LineEnd {
  line: number;
  job_id: string | null;
  state: 'completed' | 'failed' | 'cancelled' | 'refused' | 'accepted';
  message_id: number | null;
  error: { code: string; message: string } | null;
}

export interface BatchRun {
  client: GatewayClient;
  lines: readonly BatchLine[];
  /** Name of the batch. A line that was already accepted under this name is not sent again. */
  name: string;
  /** Waits until each message is sent or has failed, not only until it is accepted. */
  untilSent: boolean;
  signal: AbortSignal;
  onLine: (end: LineEnd) => void;
  onProgress: (tally: Readonly<Tally>) => void;
}

/** Seconds that one request waits for the end of a job. */
const POLL_SECONDS = 30;
/** ms between two such requests. */
const PAUSE_MS = 200;
/** Seconds until the next attempt after QUEUE_FULL without `retry_after`. */
const FULL_SECONDS = 5;

/** Errors that would also affect every following line. */
const FATAL_CODES: ReadonlySet<string> = new Set([
  'UNAUTHORIZED',
  'QUEUE_UNAVAILABLE',
  'INTERNAL',
  'HTTP_ERROR',
  'NOT_A_GATEWAY',
]);

/**
 * Sends the messages of a file in order. Meanwhile waits for their results, in order within each account.
 *
 * Each message has an Idempotency-Key made of the batch's name and its line. A stopped run can therefore start again
 * without sending a line twice, even if other lines were corrected.
 * @throws an error that would also affect the next lines: no gateway, no permission, the signal's reason. `tally` shows
 * the progress.
 */
export async function runBatch(run: BatchRun, tally: Tally): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const ends = new Map<string, Promise<void>>();
  try {
    for (const item of run.lines) {
      const accepted = await accept(run, item, tally);
      if (accepted === null) continue;
      tally.accepted += 1;
      tally.waiting += 1;
      run.onProgress(tally);
      const { user_id: account } = item.message;
      const before = ends.get(account) ?? Promise.resolve();
      const end = before.then(() => followToEnd({ ...run, signal }, item, accepted, tally));
      // The error is handled where it is awaited below. Without this, a batch that ends first would crash the process.
      end.catch(() => {});
      ends.set(account, end);
    }
    await Promise.all(ends.values());
  } finally {
    stop.abort();
  }
}

export function newTally(lines: number): Tally {
  return { lines, accepted: 0, sent: 0, failed: 0, waiting: 0, reason: null, retry_at: null };
}

/** An accepted message: its job, and Telegram's message id if it is already sent. */
type Accepted = Pick<LineEnd, 'job_id' | 'message_id'> & { job_id: string };

/** @returns `null` if the gateway refused this line. */
async function accept(run: BatchRun, { line, message }: BatchLine, tally: Tally): Promise<Accepted | null> {
  const idempotencyKey = keyOf(run.name, line);
  for (;;) {
    try {
      const outcome = await run.client.send(message, {
        idempotencyKey,
        respondAsync: true,
        signal: run.signal,
      });
      return { job_id: outcome.job_id, message_id: outcome.status === 'ok' ? outcome.message_id : null };
    } catch (error) {
      if (!(error instanceof GatewayApiError)) throw error;
      const { code, message, jobId } = error;
      // The message was accepted, usually in an earlier run, and failed. Its job has the details.
      if (jobId !== null && code !== 'QUEUE_UNAVAILABLE') return { job_id: jobId, message_id: null };
      if (FATAL_CODES.has(code)) throw error;
      if (code !== 'QUEUE_FULL') {
        tally.failed += 1;
        run.onLine({ line, job_id: null, state: 'refused', message_id: null, error: { code, message } });
        run.onProgress(tally);
        return null;
      }
      tally.reason = code;
      run.onProgress(tally);
      await sleep((error.retryAfter ?? FULL_SECONDS) * 1_000, undefined, { signal: run.signal });
    }
  }
}

function keyOf(name: string, line: number): string {
  const digest = createHash('sha256').update(`${name}\n${line}`).digest('hex');
  return `cli-${digest.slice(0, 40)}`;
}

async function followToEnd(
  run: BatchRun,
  { line }: BatchLine,
  { job_id, message_id }: Accepted,
  tally: Tally,
): Promise<void> {
  if (message_id !== null) {
    return ended(run, { line, job_id, state: 'completed', message_id, error: null }, tally);
  }
  if (!run.untilSent) return run.onLine({ line, job_id, state: 'accepted', message_id: null, error: null });
  for (let wait = 0; ; wait = POLL_SECONDS) {
    const job = await run.client.job(job_id, { wait, signal: run.signal });
    const end = endOf(line, job);
    if (end !== null) return ended(run, end, tally);
    tally.reason = job.reason;
    tally.retry_at = job.retry_at;
    run.onProgress(tally);
    // A gateway that is shutting down responds before the wait is over.
    if (wait > 0) await sleep(PAUSE_MS, undefined, { signal: run.signal });
  }
}

function ended(run: BatchRun, end: LineEnd, tally: Tally): void {
  tally.waiting -= 1;
  if (end.state === 'completed') tally.sent += 1;
  else tally.failed += 1;
  tally.reason = null;
  tally.retry_at = null;
  run.onLine(end);
  run.onProgress(tally);
}

function endOf(line: number, { job_id, state, result, error }: Job): LineEnd | null {
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return null;
  const id = result !== null && 'message_id' in result ? result.message_id : null;
  return {
    line,
    job_id,
    state,
    message_id: typeof id === 'number' ? id : null,
    error: error === null ? null : { code: error.code, message: error.message },
  };
}

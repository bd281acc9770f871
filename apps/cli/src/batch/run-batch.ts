import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayApiError, type GatewayClient, type Job } from '@gateway/client';
import { keysOf } from './message-keys.ts';
import type { BatchLine } from './read-batch.ts';

/** Progress of a batch. `waiting` counts accepted messages that are neither sent nor failed. */
export interface Tally {
  lines: number;
  accepted: number;
  /** Accepted by this run, and sent. */
  sent: number;
  /** Accepted by an earlier run, and sent. */
  sent_before: number;
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
  /** Accepted by an earlier run. */
  before: boolean;
  message_id: number | null;
  error: { code: string; message: string } | null;
}

export interface BatchRun {
  client: GatewayClient;
  lines: readonly BatchLine[];
  /** Name of the batch. A message that was already accepted under this name is not sent again. */
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
 * Each message has an Idempotency-Key made of the batch's name and its content. So a stopped run can start again
 * without sending a message twice, even if lines were added, removed, moved or corrected.
 * @throws an error that would also affect the next lines: no gateway, no permission, the signal's reason. `tally` shows
 * the progress.
 */
export async function runBatch(run: BatchRun, tally: Tally): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const ends = new Map<string, Promise<void>>();
  const keys = keysOf(run.name, run.lines);
  try {
    for (const [index, item] of run.lines.entries()) {
      const accepted = await accept(run, item, keys[index] ?? '', tally);
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
  return { lines, accepted: 0, sent: 0, sent_before: 0, failed: 0, waiting: 0, reason: null, retry_at: null };
}

/** An accepted message: its job, and Telegram's message id if it is already sent. */
type Accepted = Pick<LineEnd, 'message_id' | 'before'> & { job_id: string };

/** @returns `null` if the gateway refused this line. */
async function accept(
  run: BatchRun,
  { line, message }: BatchLine,
  idempotencyKey: string,
  tally: Tally,
): Promise<Accepted | null> {
  for (;;) {
    try {
      const outcome = await run.client.send(message, {
        idempotencyKey,
        respondAsync: true,
        signal: run.signal,
      });
      const messageId = outcome.status === 'ok' ? outcome.message_id : null;
      return { job_id: outcome.job_id, message_id: messageId, before: outcome.repeated === true };
    } catch (error) {
      if (!(error instanceof GatewayApiError)) throw error;
      const { code, message, jobId } = error;
      // The message was accepted, usually in an earlier run, and failed. Its job has the details.
      if (jobId !== null && code !== 'QUEUE_UNAVAILABLE')
        return { job_id: jobId, message_id: null, before: true };
      if (FATAL_CODES.has(code)) throw error;
      if (code !== 'QUEUE_FULL') {
        tally.failed += 1;
        const refused = { job_id: null, state: 'refused', before: false, message_id: null } as const;
        run.onLine({ line, ...refused, error: { code, message } });
        run.onProgress(tally);
        return null;
      }
      tally.reason = code;
      run.onProgress(tally);
      await sleep((error.retryAfter ?? FULL_SECONDS) * 1_000, undefined, { signal: run.signal });
    }
  }
}

async function followToEnd(
  run: BatchRun,
  { line }: BatchLine,
  { job_id, message_id, before }: Accepted,
  tally: Tally,
): Promise<void> {
  const accepted = { line, job_id, before, message_id, error: null };
  if (message_id !== null) return ended(run, { ...accepted, state: 'completed' }, tally);
  if (!run.untilSent) return run.onLine({ ...accepted, state: 'accepted' });
  for (let wait = 0; ; wait = POLL_SECONDS) {
    const job = await run.client.job(job_id, { wait, signal: run.signal });
    const end = endOf(job);
    if (end !== null) return ended(run, { ...accepted, ...end }, tally);
    tally.reason = job.reason;
    tally.retry_at = job.retry_at;
    run.onProgress(tally);
    // A gateway that is shutting down responds before the wait is over.
    if (wait > 0) await sleep(PAUSE_MS, undefined, { signal: run.signal });
  }
}

function ended(run: BatchRun, end: LineEnd, tally: Tally): void {
  tally.waiting -= 1;
  if (end.state === 'completed' && end.before) tally.sent_before += 1;
  else if (end.state === 'completed') tally.sent += 1;
  else tally.failed += 1;
  tally.reason = null;
  tally.retry_at = null;
  run.onLine(end);
  run.onProgress(tally);
}

function endOf({ state, result, error }: Job): Pick<LineEnd, 'state' | 'message_id' | 'error'> | null {
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return null;
  const id = result !== null && 'message_id' in result ? result.message_id : null;
  return {
    state,
    message_id: typeof id === 'number' ? id : null,
    error: error === null ? null : { code: error.code, message: error.message },
  };
}

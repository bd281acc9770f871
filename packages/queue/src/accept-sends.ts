import { GatewayError, type AccountView } from '@gateway/contracts';
import type { AcceptReply, AcceptScript } from './accept-script.ts';
import type { SendToAdd } from './accepting-backend.ts';
import type { AccountQueues, SendQueue } from './account-queues.ts';
import { asOf, lastSeenView, publishedView, readPublishedView, type PublishedView } from './account-views.ts';
import { MOST_RUNS } from './batched-script.ts';
import type { Bells } from './bells.ts';
import type { PlacedSend } from './place-send.ts';
import type { Call } from './redis-calls.ts';
import type { RedisClient } from './redis.ts';

/** Whether an account's messages may be accepted. Throws where they may not. */
export type Admission = (view: AccountView) => void;

export interface AcceptOptions {
  redis: RedisClient;
  accounts: AccountQueues;
  script: AcceptScript;
  bells: Bells;
  /** ms that ended jobs are kept. */
  retentionMs: number;
  /** Messages of an account that may wait at a time. */
  maxPending: number;
}

/** What a message has come to: the view that it was admitted by, or why it was not accepted. */
export type AcceptOutcome = { view: AccountView } | GatewayError;

/**
 * Adds messages of one account to its queue, in their order, a round trip for each {@link MOST_RUNS}: the account's view, as it was last seen, is
 * what they are admitted by, and Redis takes them only where that is the view still.
 * @returns for each, where it was not accepted: what `admission` throws, `QUEUE_FULL`, or `IDEMPOTENCY_MISMATCH` where its key belongs to another.
 */
export async function acceptSends(
  sends: readonly PlacedSend[],
  admission: Admission,
  options: AcceptOptions,
  call: Call,
): Promise<AcceptOutcome[]> {
  const outcomes: AcceptOutcome[] = [];
  try {
    // What is one command cannot be torn apart by a change of the account, and so keeps its order.
    for (let from = 0; from < sends.length; from += MOST_RUNS)
      outcomes.push(...(await acceptTogether(sends.slice(from, from + MOST_RUNS), admission, options, call)));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    while (outcomes.length < sends.length) outcomes.push(error);
  }
  return outcomes;
}

async function acceptTogether(
  sends: readonly PlacedSend[],
  admission: Admission,
  { redis, accounts, script, bells, maxPending, retentionMs }: AcceptOptions,
  call: Call,
): Promise<AcceptOutcome[]> {
  const userId = sends[0]?.job.userId ?? '';
  let { json, view } = await firstView(redis, userId, admission);
  for (;;) {
    // Not before: a queue object leaves its mark in Redis, for any name that somebody makes up.
    const { queue, backend } = accounts.accepting(userId);
    const now = Date.now();
    const jobs = sends.map((send) => jobOf(send, now, retentionMs));
    const packed = jobs.map((job) => backend.pack(queue, job));
    const replies = await script.accept(userId, packed, json, call);
    const [first] = replies;
    if (first?.is !== 'changed') {
      // Whoever was told that nothing was accepted must not have it sent: it is taken back.
      if (!call.isCutOff) ringFor(bells, userId, jobs, replies);
      return outcomesOf(queue, sends, replies, view, maxPending);
    }
    ({ json, view } = asOf(publishedView(userId, first.view), Date.now()));
    admission(view);
  }
}

/** The view that was seen last; it need not be the one of now, and so only a new one refuses anybody. */
async function firstView(redis: RedisClient, userId: string, admission: Admission): Promise<PublishedView> {
  const last = lastSeenView(userId);
  if (last !== undefined) {
    const now = asOf(last, Date.now());
    try {
      admission(now.view);
      return now;
    } catch {
      // Looked at again below.
    }
  }
  const current = asOf(await readPublishedView(redis, userId), Date.now());
  admission(current.view);
  return current;
}

/** @param now one reading of the clock for all: BullMQ adds the delay to it, and jobs of the same time must not be a millisecond apart. */
function jobOf({ job, jobId, digest, sendAt = 0 }: PlacedSend, now: number, retentionMs: number): SendToAdd {
  const kept = { age: Math.ceil(retentionMs / 1_000) };
  const delay = Math.max(0, sendAt - now);
  return {
    name: 'send',
    data: { ...job, digest },
    opts: { jobId, timestamp: now, delay, removeOnComplete: kept, removeOnFail: kept },
  };
}

function ringFor(
  bells: Bells,
  userId: string,
  jobs: readonly SendToAdd[],
  replies: readonly AcceptReply[],
): void {
  let behind = Infinity;
  let next = Infinity;
  for (const [index, reply] of replies.entries()) {
    const { delay = 0, timestamp = 0 } = jobs[index]?.opts ?? {};
    if (reply.is !== 'added') continue;
    if (delay === 0) behind = Math.min(behind, reply.behind);
    else next = Math.min(next, timestamp + delay);
  }
  if (behind < Infinity) bells.joined(userId, behind);
  if (next < Infinity) bells.ring(userId, next);
}

async function outcomesOf(
  queue: SendQueue,
  sends: readonly PlacedSend[],
  replies: readonly AcceptReply[],
  view: AccountView,
  maxPending: number,
): Promise<AcceptOutcome[]> {
  const isAnothers = async ({ idempotencyKey, jobId, digest }: PlacedSend) => {
    if (idempotencyKey === undefined) return false;
    // A repeated id is ignored by BullMQ: what counts is what is stored.
    const stored = await queue.getJob(jobId);
    return stored !== undefined && stored.data.digest !== digest;
  };
  return Promise.all(
    sends.map(async (send, index) => {
      if (replies[index]?.is === 'full') return queueFull(maxPending);
      return (await isAnothers(send)) ? new GatewayError('IDEMPOTENCY_MISMATCH') : { view };
    }),
  );
}

/** Seconds after which a caller may try again to add to a full queue: enough for a paced account to send some. */
const FULL_RETRY_AFTER = 30;

function queueFull(max: number): GatewayError {
  return new GatewayError(
    'QUEUE_FULL',
    `${max} messages of this account wait already, and no more may (SEND_MAX_PENDING).`,
    { retryAfter: FULL_RETRY_AFTER },
  );
}

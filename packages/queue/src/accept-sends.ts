import { createHash } from 'node:crypto';
import { GatewayError, type SendJob } from '@gateway/contracts';
import type { JobsOptions } from 'bullmq';
import type { SendQueue } from './account-queues.ts';
import { idempotentJobId, newJobId } from './job-id.ts';

/** A message as it is to be accepted. */
export interface NewSend {
  job: Omit<SendJob, 'digest'>;
  /** The same key leads to the same job. */
  idempotencyKey?: string | undefined;
  /** ms since the epoch at which the job joins the line, behind what was accepted before; now by default. */
  sendAt?: number | undefined;
}

/** A {@link NewSend} with its place: its job id and, under a key, what tells it from another message under the same; else ''. */
export interface PlacedSend extends NewSend {
  jobId: string;
  digest: string;
}

export function placeSend(send: NewSend, shard: number): PlacedSend {
  const { job, idempotencyKey, sendAt } = send;
  const address = { kind: 'send', shard, userId: job.userId } as const;
  if (idempotencyKey === undefined) return { ...send, jobId: newJobId(address), digest: '' };
  return { ...send, jobId: idempotentJobId(address, idempotencyKey), digest: digestOf(job, sendAt) };
}

export interface AcceptLimits {
  /** ms that ended jobs are kept. */
  retentionMs: number;
  /** Messages of an account that may wait at a time. */
  maxPending: number;
}

/**
 * Adds messages to the queues of their accounts, each account's all at once and in their order.
 * @returns why those were not added that were not: `QUEUE_FULL`, or `IDEMPOTENCY_MISMATCH` where the key belongs to another message.
 */
export async function acceptSends(
  queueOf: (userId: string) => SendQueue,
  sends: readonly PlacedSend[],
  { maxPending, retentionMs }: AcceptLimits,
): Promise<ReadonlyMap<PlacedSend, GatewayError>> {
  const refused = new Map<PlacedSend, GatewayError>();
  await Promise.all(
    byAccount(sends).map(async ([userId, wanted]) => {
      const queue = queueOf(userId);
      const admitted = await admit(queue, wanted, maxPending);
      for (const send of wanted) if (!admitted.includes(send)) refused.set(send, queueFull(maxPending));
      const timestamp = Date.now();
      if (admitted.length > 0)
        await queue.addBulk(admitted.map((send) => jobOf(send, timestamp, retentionMs)));
      for (const send of admitted)
        if (await isAnothers(queue, send)) refused.set(send, new GatewayError('IDEMPOTENCY_MISMATCH'));
    }),
  );
  return refused;
}

/** Takes messages back that nobody was told of. Those with a key are kept: an earlier caller may have been told. */
export async function takeBack(
  queueOf: (userId: string) => SendQueue,
  sends: readonly PlacedSend[],
): Promise<void> {
  for (const { job, jobId, idempotencyKey } of sends)
    if (idempotencyKey === undefined) await queueOf(job.userId).remove(jobId);
}

function byAccount(sends: readonly PlacedSend[]): [string, PlacedSend[]][] {
  const accounts = new Map<string, PlacedSend[]>();
  for (const send of sends) {
    const { userId } = send.job;
    const others = accounts.get(userId);
    if (others === undefined) accounts.set(userId, [send]);
    else others.push(send);
  }
  return [...accounts];
}

/** Those that may join the queue: as many as there is room for, in their order, and those that a former call has added already. */
async function admit(
  queue: SendQueue,
  sends: readonly PlacedSend[],
  maxPending: number,
): Promise<PlacedSend[]> {
  const counts = await queue.getJobCounts('wait', 'delayed', 'active');
  const room = Math.max(0, maxPending - Object.values(counts).reduce((sum, count) => sum + count, 0));
  if (room >= sends.length) return [...sends];
  const admitted: PlacedSend[] = [];
  for (const send of sends) {
    const isThere = send.idempotencyKey !== undefined && (await queue.getJob(send.jobId)) !== undefined;
    if (isThere || admitted.length < room) admitted.push(send);
  }
  return admitted;
}

/** @param timestamp one reading of the clock for all: BullMQ adds the delay to it, and jobs of the same time must not be a millisecond apart. */
export function jobOf(
  { job, jobId, digest, sendAt = 0 }: PlacedSend,
  timestamp: number,
  retentionMs: number,
): { name: 'send'; data: SendJob; opts: JobsOptions & { delay: number } } {
  const age = Math.ceil(retentionMs / 1_000);
  return {
    name: 'send',
    data: { ...job, digest },
    opts: {
      jobId,
      timestamp,
      delay: Math.max(0, sendAt - timestamp),
      removeOnComplete: { age },
      removeOnFail: { age },
    },
  };
}

/** A repeated id is ignored by BullMQ, and the object returned shows the new data: what counts is what is stored. */
export async function isAnothers(queue: SendQueue, send: PlacedSend): Promise<boolean> {
  if (send.idempotencyKey === undefined) return false;
  const stored = await queue.getJob(send.jobId);
  return stored !== undefined && stored.data.digest !== send.digest;
}

/** Seconds after which a caller may try again to add to a full queue: enough for a paced account to send some. */
const FULL_RETRY_AFTER = 30;

export function queueFull(max: number): GatewayError {
  return new GatewayError(
    'QUEUE_FULL',
    `${max} messages of this account wait already, and no more may (SEND_MAX_PENDING).`,
    { retryAfter: FULL_RETRY_AFTER },
  );
}

function digestOf(
  { requestId: _requestId, askedDigest: _asked, ...message }: Omit<SendJob, 'digest'>,
  sendAt?: number,
): string {
  return createHash('sha256')
    .update(JSON.stringify([message, sendAt]))
    .digest('base64url');
}

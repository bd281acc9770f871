import { GatewayError, type AccountView } from '@gateway/contracts';
import { sendJobKey } from '../keys.ts';
import { countPending } from '../line/pending-counts.ts';
import { hasUploads } from '../media/uploads.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import { asOf, readDecisiveView } from '../views/account-views.ts';
import {
  isSameRequest,
  queueFull,
  type Admission,
  type EnqueueOptions,
  type EnqueueOutcome,
} from './enqueue-sends.ts';
import type { PlacedJob } from './place-job.ts';
import { refuseNoReply } from './replies-only.ts';

type CheckOptions = Pick<EnqueueOptions, 'redis' | 'shards' | 'maxPending'>;

/** Says what enqueueing these messages of any accounts in this order would do now. Changes nothing. */
export async function checkSends(
  sends: readonly PlacedJob[],
  admission: Admission,
  options: CheckOptions,
): Promise<EnqueueOutcome[]> {
  const { redis, maxPending } = options;
  const userIds = [...new Set(sends.map(({ data }) => data.userId))];
  const accounts = new Map(
    await Promise.all(userIds.map(async (id) => [id, await readAccount(id, admission, options)] as const)),
  );
  const outcomes = await Promise.all(
    sends.map(async (send) => {
      const account = accounts.get(send.data.userId);
      return account === undefined || account instanceof GatewayError
        ? GatewayError.from(account)
        : orRefusal(async () => ({ view: account.view, isRepeat: await check(redis, send, account.view) }));
    }),
  );
  return outcomes.map((outcome, index) => {
    const account = accounts.get(sends[index]?.data.userId ?? '');
    if (outcome instanceof GatewayError || account === undefined || account instanceof GatewayError)
      return outcome;
    if (outcome.isRepeat) return outcome;
    if (account.pending >= maxPending) return queueFull(maxPending);
    account.pending += 1;
    return outcome;
  });
}

/** The account's view and its messages in the queue; or why it takes none. */
async function readAccount(userId: string, admission: Admission, { redis, shards }: CheckOptions) {
  return orRefusal(async () => {
    const { view } = asOf(await readDecisiveView(redis, userId, shardOf(userId, shards)), Date.now());
    admission(view);
    const { waiting, delayed, active } = await countPending(redis, userId);
    return { view, pending: waiting + delayed + active };
  });
}

/**
 * Checks a message by itself, as the script that enqueues does.
 * @returns whether its key has a job already. @throws {GatewayError}
 */
async function check(redis: RedisClient, send: PlacedJob, view: AccountView): Promise<boolean> {
  const { key, data, jobId, uploads = [] } = send;
  const { userId, after } = data;
  const stored = key === undefined ? null : await redis.hget(sendJobKey(userId, jobId), 'data');
  if (stored !== null) {
    if (await isSameRequest(key, stored)) return true;
    throw new GatewayError('IDEMPOTENCY_MISMATCH');
  }
  if (after !== undefined && (await redis.exists(sendJobKey(userId, after.jobId))) === 0)
    throw new GatewayError('JOB_NOT_FOUND');
  await refuseNoReply(redis, send, view);
  if (!(await hasUploads(redis, userId, uploads))) throw new GatewayError('UPLOAD_NOT_FOUND');
  return false;
}

async function orRefusal<T>(work: () => Promise<T>): Promise<T | GatewayError> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
}

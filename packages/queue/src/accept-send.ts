import { GatewayError, type AccountView } from '@gateway/contracts';
import { isAnothers, jobOf, queueFull, type AcceptLimits, type PlacedSend } from './accept-sends.ts';
import { LineFull, ViewChanged } from './accepting-backend.ts';
import type { AccountQueues } from './account-queues.ts';
import { asOf, lastSeenView, publishedView, readPublishedView, type PublishedView } from './account-views.ts';
import type { Bells } from './bells.ts';
import type { RedisClient } from './redis.ts';

/** Whether an account's messages may be accepted. Throws where they may not. */
export type Admission = (view: AccountView) => void;

export interface AcceptOptions extends AcceptLimits {
  redis: RedisClient;
  accounts: AccountQueues;
  bells: Bells;
}

/**
 * Adds a message to its account's queue in one round trip: its account's view, as it was last seen, is what the message is admitted by,
 * and Redis takes the message only where that is the view still.
 * @returns the view that it was admitted by.
 * @throws {GatewayError} `QUEUE_FULL`, `IDEMPOTENCY_MISMATCH`. @throws what `admission` throws.
 */
export async function acceptSend(
  send: PlacedSend,
  admission: Admission,
  { redis, accounts, bells, maxPending, retentionMs }: AcceptOptions,
): Promise<AccountView> {
  const { userId } = send.job;
  let { json, view } = await firstView(redis, userId, admission);
  // Not before: a queue object leaves its mark in Redis, for any name that somebody makes up.
  const { queue, backend } = accounts.accepting(userId);
  for (;;) {
    const { name, data, opts } = jobOf(send, Date.now(), retentionMs);
    const bell = opts.delay === 0 ? bells.forNow(userId) : bells.forLater(userId, send.sendAt ?? 0);
    try {
      await backend.addOn({ jobId: send.jobId, view: json, maxPending, bell }, () =>
        queue.add(name, data, opts),
      );
      break;
    } catch (error) {
      if (error instanceof LineFull) throw queueFull(maxPending);
      if (!(error instanceof ViewChanged)) throw error;
      ({ json, view } = asOf(publishedView(userId, error.view), Date.now()));
      admission(view);
    }
  }
  if (send.idempotencyKey !== undefined && (await isAnothers(queue, send)))
    throw new GatewayError('IDEMPOTENCY_MISMATCH');
  return view;
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

import type { AccountSummary, SendSummary } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import type { ApiContext } from '../context.ts';
import { readAccountStatus } from './account-status.ts';

/** Interval in ms at which a watched account is re-read. */
const LOOK_MS = 1_000;

export interface AccountChange {
  account: AccountSummary;
  pending: SendSummary[];
  ended: SendSummary[];
}

/**
 * Yields an account with its messages now and after every change, until the signal is aborted.
 * @throws {GatewayError} `QUEUE_UNAVAILABLE` if Redis becomes unavailable.
 */
export async function* accountChanges(
  context: Pick<ApiContext, 'producer' | 'settings'>,
  userId: string,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<AccountChange> {
  const { producer } = context;
  const readSends = producer.listings.sends(userId);
  let shown = '';
  while (!signal.aborted) {
    const [view, sends] = await Promise.all([producer.accountView(userId), readSends(limit)]);
    const account = { user_id: userId, ...(await readAccountStatus(context, userId, view)) };
    const change = { account, ...sends };
    const version = JSON.stringify(change);
    if (version !== shown) yield change;
    shown = version;
    await sleep(LOOK_MS, signal);
  }
}

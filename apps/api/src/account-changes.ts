import type { AccountSummary, SendSummary } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import { readAccountStatus } from './account-status.ts';
import type { ApiContext } from './context.ts';

/** ms between looks at an account that somebody watches. */
const LOOK_MS = 1_000;

export interface AccountChange {
  account: AccountSummary;
  pending: SendSummary[];
  ended: SendSummary[];
}

/**
 * An account with its messages as they stand, and again each time that something of it has changed, until the signal is aborted.
 * @throws {GatewayError} `QUEUE_UNAVAILABLE` where Redis goes away meanwhile.
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

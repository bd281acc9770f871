import { createHash } from 'node:crypto';
import type { AccountSummary, SendSummary } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import type { ApiContext } from '../context.ts';
import { readAccountStatus } from './account-status.ts';

/** Least ms between two reads of a watched account. */
const LEAST_MS = 1_000;
/** ms after which an account is read again without a notification; shorter where a value changes with time alone. */
const READ_AGAIN_MS = 600_000;
const READ_AGAIN_SOON_MS = 30_000;
/** ms without a change after which the cached messages are dropped, so that idle watchers keep none. */
const IDLE_MS = 5_000;

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
  const watch = producer.watchAccount(userId);
  let readSends = producer.listings.sends(userId);
  let shown = '';
  let readAgainMs = LEAST_MS;
  try {
    while (!signal.aborted) {
      const begun = Date.now();
      yield* readChange();
      const idleMs = Math.min(IDLE_MS, readAgainMs);
      if (!(await watch.changed(idleMs, signal))) {
        readSends = producer.listings.sends(userId);
        await watch.changed(readAgainMs - idleMs, signal);
      }
      await sleep(Math.max(0, begun + LEAST_MS - Date.now()), signal);
    }
  } finally {
    watch.close();
  }

  /** A generator of its own, so that nothing of the change stays in memory while the watcher waits. */
  async function* readChange(): AsyncGenerator<AccountChange> {
    const isArmed = await watch.arm();
    const [view, sends] = await Promise.all([producer.accountView(userId), readSends(limit)]);
    const account = { user_id: userId, ...(await readAccountStatus(context, userId, view)) };
    readAgainMs = isArmed ? untilNext(account, Date.now()) : LEAST_MS;
    const change = { account, ...sends };
    const version = createHash('sha256').update(JSON.stringify(change)).digest('base64');
    if (version !== shown) yield change;
    shown = version;
  }
}

/** ms until the account is read again at the latest. The end of a hold and the pace's refill are no change in Redis. */
function untilNext({ held, look_ups_held_until, chats_held, pace }: AccountSummary, now: number): number {
  const isRefilling = pace?.mode === 'careful' && pace.remaining < pace.rules.burst;
  const most = isRefilling || chats_held !== undefined ? READ_AGAIN_SOON_MS : READ_AGAIN_MS;
  const ends = [held?.until, look_ups_held_until].flatMap((time) =>
    time === undefined || time === null ? [] : Date.parse(time) - now,
  );
  return Math.min(most, ...ends.filter((ms) => ms > 0).map((ms) => Math.max(ms, LEAST_MS)));
}

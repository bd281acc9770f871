import { createHash } from 'node:crypto';
import type { AccountState, AccountView } from '@gateway/contracts';
import type { WebhookOutbox } from '@gateway/queue';

export interface StateEventsOptions {
  userId: string;
  outbox: WebhookOutbox;
  /** `null`: nobody is told. */
  url: string | null;
  now: () => number;
}

/**
 * Tells of each change of an account's state, in order. One that a crash cut off between telling and showing is told again by the next
 * worker, as another event: at least once.
 * @param shown the state that was shown last.
 */
export function stateEvents(
  { userId, outbox, url, now }: StateEventsOptions,
  shown: AccountState,
): (view: AccountView) => Promise<void> {
  let previous = shown;
  let last: Promise<void> = Promise.resolve();
  // One after the other: views may be shown at the same time.
  return (view) => {
    last = last.then(
      () => tell(view),
      () => tell(view),
    );
    return last;
  };

  async function tell({ state, reason, next_action }: AccountView): Promise<void> {
    if (state === previous || url === null) return;
    const at = now();
    const id = createHash('sha256')
      .update(JSON.stringify([userId, previous, state, at]))
      .digest('hex')
      .slice(0, 26);
    await outbox.accountChanged(
      {
        id,
        type: 'account.state',
        user_id: userId,
        state,
        previous,
        reason,
        next_action,
        at: new Date(at).toISOString(),
      },
      url,
    );
    previous = state;
  }
}

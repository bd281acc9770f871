import { createHash } from 'node:crypto';
import type { AccountState, AccountView, EventDraft } from '@gateway/contracts';
import type { WebhookOutbox } from '@gateway/queue';

export interface StateEventsOptions {
  userId: string;
  outbox: WebhookOutbox;
  /** Where the events are posted; `null`: nowhere. */
  url: string | null;
  /** Appends an event to the account's sequence if the account receives. */
  append: (event: EventDraft) => Promise<void>;
  now: () => number;
}

/**
 * Enqueues an event for each change of an account's state, in order. Delivery is at least once: after a crash between
 * event and view, the next worker sends the change again under another id.
 * @param published the state that was published last.
 */
export function stateEvents(
  { userId, outbox, url, append, now }: StateEventsOptions,
  published: AccountState,
): (view: AccountView) => Promise<void> {
  let previous = published;
  let last: Promise<void> = Promise.resolve();
  // One after another, since several views may be published at the same time.
  return (view) => {
    last = last.then(
      () => enqueue(view),
      () => enqueue(view),
    );
    return last;
  };

  async function enqueue({ state, reason, next_action }: AccountView): Promise<void> {
    if (state === previous) return;
    const at = now();
    const change = { type: 'account.state' as const, state, previous, reason, next_action };
    // `none`: Redis has lost what was published, so nothing has changed. The account's first event must then be the gap
    // that belongs to its new place in the updates.
    if (previous !== 'none')
      await append({ ...change, occurred_at: new Date(at).toISOString(), caught_up: false });
    await post(change, at);
    previous = state;
  }

  async function post(
    change: Pick<AccountView, 'state' | 'reason' | 'next_action'>,
    at: number,
  ): Promise<void> {
    if (url === null) return;
    const { state } = change;
    const id = createHash('sha256')
      .update(JSON.stringify([userId, previous, state, at]))
      .digest('hex')
      .slice(0, 26);
    await outbox.accountChanged(
      { id, type: 'account.state', user_id: userId, previous, ...change, at: new Date(at).toISOString() },
      url,
    );
  }
}

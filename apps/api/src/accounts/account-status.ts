import {
  describePace,
  ERROR_CODES,
  isErrorCode,
  isSignedIn,
  isStopped,
  paceRulesOf,
  type AccountSummary,
  type AccountView,
  type Hold,
  type PaceSettings,
  type PendingSignIn,
  type Receiving,
  type RepliesOnly,
  type SendState,
} from '@gateway/contracts';
import type { PendingCounts } from '@gateway/queue';
import { paceSettings } from '@gateway/runtime';
import type { ApiContext } from '../context.ts';
import { whereTheCodeIs } from './code-sent-body.ts';

export type AccountStatus = Omit<AccountSummary, 'user_id'>;

/** Reads the queue counts of an account and describes its status. `view` is the account's cached view. */
export async function readAccountStatus(
  { producer, settings }: Pick<ApiContext, 'producer' | 'settings'>,
  userId: string,
  view: AccountView,
): Promise<AccountStatus> {
  const [pending, sends, receiving] = await Promise.all([
    producer.pending(userId),
    producer.sendState(userId),
    producer.events.receiving(userId),
  ]);
  return describeAccount(view, { pending, sends, receiving, pace: paceSettings(settings) }, Date.now());
}

function describeAccount(
  { state, user, hold, reason, next_action, ...view }: AccountView,
  {
    pending,
    sends,
    receiving,
    pace,
  }: { pending: PendingCounts; sends: SendState; receiving: Receiving; pace: PaceSettings },
  now: number,
): AccountStatus {
  const isHeld = hold !== null || isStopped({ state, reason });
  const { lookUpHold } = sends;
  const action = next_action ?? (hold === null ? null : operatorsAction(hold));
  const chats = Object.values(sends.chatHolds).filter(({ until }) => until > now);
  return {
    authorized: isSignedIn(state),
    user_info: user,
    state,
    flood_wait_until: state === 'flood_wait' && hold !== null ? isoTime(hold.until) : null,
    // A hold of the whole account: a flood wait, or Telegram is unreachable.
    ...(hold !== null && { held: heldBy(hold) }),
    ...(chats.length > 0 && { chats_held: chats.length }),
    ...(lookUpHold !== null && lookUpHold.until > now && { look_ups_held_until: isoTime(lookUpHold.until) }),
    // Matches the job states: the jobs of a held account are `delayed`, not `waiting`.
    pending: isHeld ? { ...pending, waiting: 0, delayed: pending.delayed + pending.waiting } : pending,
    ...(isSignedIn(state) && { pace: describePace(paceRulesOf(pace, view.pace), sends.pace, now) }),
    replies_only: shownRepliesOnly(view),
    receiving,
    ...(view.proxy !== undefined && { proxy: view.proxy }),
    ...(view.sign_in !== undefined && { sign_in: shownSignIn(view.sign_in) }),
    ...(reason !== null && { reason }),
    ...(action !== null && { next_action: action }),
  };
}

/** Whether the account only answers, as the API shows it. */
export function shownRepliesOnly({
  replies_only: rule,
}: Pick<AccountView, 'replies_only'>): RepliesOnly | false {
  return rule === undefined ? false : { within_hours: rule.within_hours };
}

function shownSignIn(signIn: PendingSignIn): NonNullable<AccountStatus['sign_in']> {
  return signIn.by === 'qr' ? signIn : { ...signIn, message: whereTheCodeIs(signIn) };
}

function heldBy({ reason, until, message }: Hold) {
  return { reason, until: isoTime(until), ...(message !== undefined && { message }) };
}

/** The action that ends a hold which only the user can end; `null` for a hold that expires by itself. */
function operatorsAction({ reason }: Hold): string | null {
  return isErrorCode(reason) && ERROR_CODES[reason].kind === 'user_action'
    ? ERROR_CODES[reason].action
    : null;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

import type { AccountState, AccountSummary } from '@gateway/client';

export type Tone = 'good' | 'wait' | 'bad' | 'idle';

/** Label and colour of each account state. */
const STATES: Record<AccountState, { label: string; tone: Tone }> = {
  none: { label: 'Not signed in', tone: 'idle' },
  code_sent: { label: 'Waiting for the code', tone: 'wait' },
  password_required: { label: 'Waiting for the password', tone: 'wait' },
  qr_pending: { label: 'Waiting for the scan', tone: 'wait' },
  ready: { label: 'Ready', tone: 'good' },
  flood_wait: { label: 'Flood wait', tone: 'wait' },
  peer_limited: { label: 'Limited by Telegram', tone: 'bad' },
  frozen: { label: 'Frozen', tone: 'bad' },
  revoked: { label: 'Signed out elsewhere', tone: 'bad' },
  banned: { label: 'Banned', tone: 'bad' },
  duplicated: { label: 'Session used twice', tone: 'bad' },
  unreadable: { label: 'Session cannot be read', tone: 'bad' },
  proxy_unreachable: { label: 'Proxy does not get through', tone: 'bad' },
};

/** All states, in the order of a sign-in, then of its troubles. */
export const ACCOUNT_STATES = Object.keys(STATES) as AccountState[];

export function stateOf({ state, reason }: Pick<AccountSummary, 'state' | 'reason'>): {
  label: string;
  tone: Tone;
} {
  if (reason === 'EXPORTED' && state === 'ready') return { label: 'Exported', tone: 'wait' };
  if (reason === 'PAUSED' && (state === 'ready' || state === 'flood_wait'))
    return { label: 'Paused', tone: 'wait' };
  return STATES[state];
}

/** Whether a sign-in is in progress. */
export function isSigningIn({ state }: Pick<AccountSummary, 'state'>): boolean {
  return state === 'code_sent' || state === 'password_required' || state === 'qr_pending';
}

/** Whether a new sign-in can help. Telegram has banned the number of a banned account. */
export function canSignIn(account: Pick<AccountSummary, 'state' | 'authorized'>): boolean {
  return !account.authorized && !isSigningIn(account) && account.state !== 'banned';
}

/** Whether the account's sends are held until a person resumes it. */
export function isStopped({ state, reason }: Pick<AccountSummary, 'state' | 'reason'>): boolean {
  return (
    reason === 'PAUSED' ||
    reason === 'EXPORTED' ||
    reason === 'SESSION_UNREADABLE' ||
    state === 'peer_limited' ||
    state === 'frozen' ||
    state === 'unreadable'
  );
}

/** Labels for the codes of hold reasons. */
const REASONS: Record<string, string> = {
  FLOOD_WAIT: 'Telegram requires a pause',
  SLOWMODE_WAIT: 'the chat is in slow mode',
  TELEGRAM_UNAVAILABLE: 'Telegram cannot be reached',
  TELEGRAM_MISCONFIGURED: "Telegram cannot be reached with this server's settings",
  PROXY_UNREACHABLE: 'its own proxy does not lead to Telegram',
  PAUSED: 'paused by a person',
  EXPORTED: 'its session was exported',
  PEER_FLOOD: 'Telegram limits this account',
  SESSION_UNREADABLE: 'its stored session cannot be read',
  PEERS_UNREADABLE: 'its known peers could not be read',
  SEND_AT: 'scheduled',
  PACE: 'the pace that protects the account',
  PACE_STRANGERS: 'no new chats left for today',
};

export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason.toLowerCase().replaceAll('_', ' ');
}

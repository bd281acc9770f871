import type { AccountState, AccountSummary } from '@gateway/client';
import { text, type Text } from '@gateway/texts';

type Tone = 'good' | 'wait' | 'bad' | 'idle';

/** A state in words, and its colour. */
export interface StateWords {
  label: Text;
  tone: Tone;
}

const STATES: Record<AccountState, StateWords> = {
  none: { label: text('Not signed in'), tone: 'idle' },
  code_sent: { label: text('Waiting for the code'), tone: 'wait' },
  password_required: { label: text('Waiting for the password'), tone: 'wait' },
  qr_pending: { label: text('Waiting for the scan'), tone: 'wait' },
  ready: { label: text('Ready'), tone: 'good' },
  flood_wait: { label: text('Flood wait'), tone: 'wait' },
  peer_limited: { label: text('Limited by Telegram'), tone: 'bad' },
  frozen: { label: text('Frozen'), tone: 'bad' },
  revoked: { label: text('Signed out elsewhere'), tone: 'bad' },
  banned: { label: text('Banned'), tone: 'bad' },
  duplicated: { label: text('Session used twice'), tone: 'bad' },
  unreadable: { label: text('Session cannot be read'), tone: 'bad' },
  proxy_unreachable: { label: text('Proxy does not get through'), tone: 'bad' },
};

/** All states, in the order of a sign-in, then of its troubles. */
export const ACCOUNT_STATES = Object.keys(STATES) as AccountState[];

const EXPORTED: StateWords = { label: text('Exported'), tone: 'wait' };
const PAUSED: StateWords = { label: text('Paused'), tone: 'wait' };

export function stateOf({ state, reason }: Pick<AccountSummary, 'state' | 'reason'>): StateWords {
  if (reason === 'EXPORTED' && state === 'ready') return EXPORTED;
  if (reason === 'PAUSED' && (state === 'ready' || state === 'flood_wait')) return PAUSED;
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

const TELEGRAM_PAUSE = text('Telegram requires a pause');
const NOT_REACHED = text('Telegram cannot be reached');

/** The codes of hold reasons in words. */
const REASONS: Record<string, Text> = {
  FLOOD_WAIT: TELEGRAM_PAUSE,
  FLOOD_PREMIUM_WAIT: TELEGRAM_PAUSE,
  FLOOD_TEST_PHONE_WAIT: TELEGRAM_PAUSE,
  SLOWMODE_WAIT: text('the chat is in slow mode'),
  TELEGRAM_UNAVAILABLE: NOT_REACHED,
  TELEGRAM_TIMEOUT: NOT_REACHED,
  TELEGRAM_MISCONFIGURED: text("Telegram cannot be reached with this server's settings"),
  PROXY_UNREACHABLE: text('its own proxy does not lead to Telegram'),
  STORAGE_FULL: text('the storage is full'),
  STORAGE_UNAVAILABLE: text('the storage does not answer'),
  WORKER_OUTDATED: text('it needs a newer worker'),
  PAUSED: text('paused by a person'),
  EXPORTED: text('its session was exported'),
  PEER_FLOOD: text('Telegram limits this account'),
  ACCOUNT_FROZEN: text('Telegram has frozen this account'),
  NOT_AUTHORIZED: text('the account is not signed in'),
  SESSION_UNREADABLE: text('its stored session cannot be read'),
  PEERS_UNREADABLE: text('its known peers could not be read'),
  SEND_AT: text('scheduled'),
  DEPENDENCY: text('an earlier message has to go out first'),
  CHAT_BUSY: text('an earlier message to this chat is on its way'),
  UPLOAD_TURN: text('other files are on their way'),
  PACE: text('the pace that protects the account'),
  PACE_STRANGERS: text('no new chats left for today'),
};

export function reasonInWords(reason: string): Text {
  return REASONS[reason] ?? text('reason: {code}', { code: reason });
}

const NEXT_ACTIONS: Record<string, Text> = {
  PAUSED: text('Resume the account.'),
  PEER_FLOOD: text('Ask @SpamBot in Telegram, then resume the account.'),
  PEERS_UNREADABLE: text(
    'Nothing has to be done. A recipient who is not found by id needs a username or phone number once.',
  ),
};

const NEXT_ACTIONS_BY_STATE: Partial<Record<AccountState, Text>> = {
  code_sent: text('Finish the sign-in.'),
  password_required: text('Finish the sign-in.'),
  qr_pending: text('Finish the sign-in.'),
  peer_limited: text('Ask @SpamBot in Telegram, then resume the account.'),
  frozen: text('Appeal in an official Telegram app, then resume the account.'),
  revoked: text('Sign the account in again.'),
  banned: text('Write to recover@telegram.org.'),
  duplicated: text('Sign the account in again, and use its session in one program only.'),
  unreadable: text('Bring its session back, or sign the account in again.'),
  proxy_unreachable: text('Check the proxy of the account, or give it another. Messages wait until then.'),
};

/** What a person has to do; `null`: nothing. The gateway's own sentence stands where the console has no plainer one. */
export function nextActionOf(
  { state, reason, next_action: given }: Pick<AccountSummary, 'state' | 'reason' | 'next_action'>,
  say: (sentence: Text) => string,
): string | null {
  if (given === undefined) return null;
  const own = NEXT_ACTIONS[reason ?? ''] ?? NEXT_ACTIONS_BY_STATE[state];
  return own === undefined ? given : say(own);
}

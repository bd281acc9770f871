import type { AccountState, AccountSummary } from '@gateway/client';

/** Texts of the page of one account. */
export const PACE_TEXTS = {
  change: 'Change the pace',
  pace: 'Pace',
  choices: {
    default: 'As the gateway is set',
    off: 'Off: nothing protects the account',
    own: 'Own rules',
  },
  rules: {
    burst: 'At once, after a rest',
    per_minute: 'A minute, after that',
    chat_burst: 'At once to one chat',
    chat_interval: 'Seconds between messages to a person',
    group_interval: 'Seconds between messages to a group',
    strangers_per_day: 'New people a day',
  },
  save: 'Save',
  saved: 'Saved.',
} as const;

/** Texts about the account's own proxy. */
export const PROXY_TEXTS = {
  proxy: 'Proxy',
  none: 'That of the gateway, if it has one',
  change: 'Change the proxy',
  address: 'Address of the proxy',
  hint: 'socks5://user:password@host:port, http://user:password@host:port or mtproxy://secret@host:port. Empty: none of its own.',
  save: 'Save and reconnect',
  reached: 'Saved. The account is connected by it.',
  removed: 'Saved. The account has no proxy of its own.',
  notReached: 'Saved, but it does not lead to Telegram: messages wait.',
} as const;

/** What a person has to do here, where the gateway's own sentence names calls of its API. */
const NEXT_ACTIONS: Partial<Record<AccountState, string>> = {
  revoked: 'Sign the account in again.',
  duplicated: 'Sign the account in again, and use its session in one program only.',
  unreadable: 'Bring its session back, or sign the account in again.',
  proxy_unreachable: 'Check the proxy of the account, or give it another below. Messages wait until then.',
};

/** What a person has to do; `undefined`: nothing. */
export function nextActionOf({
  state,
  next_action: given,
}: Pick<AccountSummary, 'state' | 'next_action'>): string | undefined {
  if (given === undefined || !given.includes('/telegram/')) return given;
  return NEXT_ACTIONS[state] ?? given.replaceAll(/ ?by `?\/telegram\/\S+/g, '');
}

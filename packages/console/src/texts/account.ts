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

/** What a person has to do here, where the gateway's own sentence names calls of its API. */
const NEXT_ACTIONS: Partial<Record<AccountState, string>> = {
  revoked: 'Sign the account in again.',
  duplicated: 'Sign the account in again, and use its session in one program only.',
  unreadable: 'Bring its session back, or sign the account in again.',
};

/** What a person has to do; `undefined`: nothing. */
export function nextActionOf({
  state,
  next_action: given,
}: Pick<AccountSummary, 'state' | 'next_action'>): string | undefined {
  if (given === undefined || !given.includes('/telegram/')) return given;
  return NEXT_ACTIONS[state] ?? given.replaceAll(/ ?by `?\/telegram\/\S+/g, '');
}

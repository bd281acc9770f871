import type { Delivery, EventFilter, EventType, Webhook } from '@gateway/client';
import type { Tone } from '../lib/account-words.ts';
import { plural } from '../lib/format.ts';

/** Every text of the pages about webhooks. */
export const WEBHOOK_TEXTS = {
  title: 'Webhooks',
  intro: 'The gateway posts events to these addresses: in order for each account, and signed.',
  add: 'New webhook',
  close: 'Close',
  toDeliveries: 'Deliveries of jobs',
  none: 'There are no webhooks yet.',
  url: 'Address',
  urlHint: 'Events are posted here. It must answer within 15 s, with 200 to 299.',
  accounts: 'Accounts',
  accountsHint: 'Names of accounts, separated by commas. Empty: all accounts, later ones too.',
  events: 'Events',
  filter: 'Filter',
  filterHint: 'Changes of state and gaps always pass.',
  chatTypes: 'Only these kinds of chats',
  direction: 'Messages',
  mentions: 'Only messages that mention the account',
  onlyChats: 'Only these chats',
  exceptChats: 'Not these chats',
  chatsHint: 'Ids of chats, separated by commas.',
  ownSecret: 'Your own secret',
  ownSecretHint: 'Signs each delivery; at least 8 characters. Empty: the gateway makes one.',
  create: 'Create',
  created: (url: string) => `The webhook for ${url} is created.`,
  secret: 'Secret',
  secretOnce: 'Copy the secret now: it is never shown again.',
  copy: 'Copy',
  copied: 'Copied.',
  copyByHand: 'Copy the selected text.',
  done: 'I have it',
  allAccounts: 'All accounts',
  upToDate: 'Nothing waits.',
  behind: (lag: number) => `${plural(lag, 'event')} not delivered yet`,
  lastError: (time: string, message: string) => `Last failure, ${time}: ${message}`,
  since: (time: string) => `since ${time}`,
  test: 'Send a test',
  tested: (ms: number, status: number | null) => `The receiver answered ${status ?? ''} after ${ms} ms.`,
  testFailed: (error: string | null) => `The test was not delivered: ${error ?? 'no answer'}`,
  pause: 'Pause',
  resume: 'Resume',
  delete: 'Delete…',
  deleteTitle: 'Delete this webhook?',
  deleteIt: 'Delete it',
  deleteText: 'Nothing more is posted to this address. Its secret is forgotten.',
  filtered: 'filtered',
} as const;

/** Every text of the page that lists deliveries. */
export const DELIVERY_TEXTS = {
  title: 'Deliveries of jobs',
  intro:
    'What was posted to the callback addresses of messages, and when the state of an account changed: the latest two thousand of each account.',
  account: 'Account',
  state: 'State',
  any: 'All',
  none: 'Nothing was posted for this account.',
  choose: 'Type the name of an account.',
  replay: 'Post it again',
  more: 'Show more',
  next: (time: string) => `next try ${time}`,
  noAnswer: 'no answer',
  tries: (count: number) => plural(count, 'try', 'tries'),
  job: 'Job',
  accountState: 'State of the account',
} as const;

export const EVENT_LABELS: Record<EventType, string> = {
  'message.new': 'New messages',
  'message.edited': 'Edited messages',
  'message.deleted': 'Deleted messages',
  'message.read': 'Read by the others',
  'message.read_inbox': 'Read by the account',
  'message.reaction': 'Reactions',
  'chat.member': 'Members come and go',
  'account.state': 'State of the account',
  'updates.gap': 'Gaps',
};

export const CHAT_TYPE_LABELS: Record<NonNullable<EventFilter['chat_types']>[number], string> = {
  private: 'People',
  bot: 'Bots',
  group: 'Groups',
  supergroup: 'Supergroups',
  channel: 'Channels',
};

export const DIRECTION_LABELS: Record<NonNullable<EventFilter['direction']>, string> = {
  both: 'In both directions',
  in: 'Only incoming',
  out: 'Only outgoing',
};

export const WEBHOOK_STATES: Record<Webhook['state'], { label: string; tone: Tone }> = {
  active: { label: 'Active', tone: 'good' },
  paused: { label: 'Paused', tone: 'wait' },
};

export const DELIVERY_STATES: Record<Delivery['state'], { label: string; tone: Tone }> = {
  pending: { label: 'Waiting', tone: 'wait' },
  delivered: { label: 'Delivered', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
};

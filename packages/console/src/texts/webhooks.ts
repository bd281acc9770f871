import type { Delivery, EventFilter, EventType, Webhook } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import type { StateWords } from '../lib/accounts/account-words.ts';

export const EVENT_LABELS: Record<EventType, Text> = {
  'message.new': text('New messages'),
  'message.edited': text('Edited messages'),
  'message.deleted': text('Deleted messages'),
  'message.read': text('Read by the others'),
  'message.read_inbox': text('Read by the account'),
  'message.reaction': text('Reactions'),
  'chat.member': text('Members come and go'),
  'account.state': text('State of the account'),
  'updates.gap': text('Gaps'),
};

export const CHAT_TYPE_LABELS: Record<NonNullable<EventFilter['chat_types']>[number], Text> = {
  private: text('People'),
  bot: text('Bots'),
  group: text('Groups'),
  supergroup: text('Supergroups'),
  channel: text('Channels'),
};

export const DIRECTION_LABELS: Record<NonNullable<EventFilter['direction']>, Text> = {
  both: text('In both directions'),
  in: text('Only incoming'),
  out: text('Only outgoing'),
};

export const WEBHOOK_STATES: Record<Webhook['state'], StateWords> = {
  active: { label: text('Active'), tone: 'good' },
  paused: { label: text('Paused'), tone: 'wait' },
};

export const DELIVERY_STATES: Record<Delivery['state'], StateWords> = {
  pending: { label: text('Waiting'), tone: 'wait' },
  delivered: { label: text('Delivered'), tone: 'good' },
  failed: { label: text('Failed'), tone: 'bad' },
};

import type { Job, SendSummary } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import type { StateWords } from '../accounts/account-words.ts';

/** Each message state in words, and its colour. */
export const SEND_STATES: Record<Job['state'], StateWords> = {
  waiting: { label: text('Waiting'), tone: 'idle' },
  active: { label: text('Sending'), tone: 'wait' },
  delayed: { label: text('Held'), tone: 'wait' },
  completed: { label: text('Sent'), tone: 'good' },
  failed: { label: text('Failed'), tone: 'bad' },
  cancelled: { label: text('Cancelled'), tone: 'idle' },
};

const SCHEDULED = text('Scheduled');

/** The states in which other actions differ from sends. */
const ACTION_LABELS: Partial<Record<Job['state'], Text>> = {
  active: text('Running'),
  completed: text('Done'),
};

/** A job's state in words, and its colour. */
export function stateInWords({ type, state, reason }: Pick<Job, 'type' | 'state' | 'reason'>): StateWords {
  const { label, tone } = SEND_STATES[state];
  if (reason === 'SEND_AT') return { label: SCHEDULED, tone };
  return { label: type === 'send' ? label : (ACTION_LABELS[state] ?? label), tone };
}

/** What a job does to its chat. */
export function aimInWords({ type, recipient_id: chat }: Pick<SendSummary, 'type' | 'recipient_id'>): Text {
  switch (type) {
    case 'send':
      return text('to {chat}', { chat });
    case 'message.edit':
      return text('edit in {chat}', { chat });
    case 'message.delete':
      return text('delete in {chat}', { chat });
    case 'message.forward':
      return text('forward to {chat}', { chat });
    case 'message.react':
      return text('react in {chat}', { chat });
    case 'message.pin':
      return text('pin in {chat}', { chat });
    case 'message.unpin':
      return text('unpin in {chat}', { chat });
    case 'message.press':
      return text('press a button in {chat}', { chat });
    case 'chat.read':
      return text('mark as read: {chat}', { chat });
    case 'chat.join':
      return text('join {chat}', { chat });
    case 'chat.leave':
      return text('leave {chat}', { chat });
    default:
      return text('{action} in {chat}', { action: type, chat });
  }
}

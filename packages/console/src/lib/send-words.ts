import type { Job } from '@gateway/client';
import type { Tone } from './account-words.ts';

/** How a message's state reads, and how it looks. */
export const SEND_STATES: Record<Job['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'idle' },
  active: { label: 'Going out', tone: 'wait' },
  delayed: { label: 'Held', tone: 'wait' },
  completed: { label: 'Sent', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'idle' },
};

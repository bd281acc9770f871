import type { Job } from '@gateway/client';
import type { Tone } from './account-words.ts';

/** Label and colour of each message state. */
export const SEND_STATES: Record<Job['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'idle' },
  active: { label: 'Sending', tone: 'wait' },
  delayed: { label: 'Held', tone: 'wait' },
  completed: { label: 'Sent', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'idle' },
};

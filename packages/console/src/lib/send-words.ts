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

/** Labels of the states in which other actions differ from sends. */
const ACTION_LABELS: Partial<Record<Job['state'], string>> = { active: 'Running', completed: 'Done' };

/** Label and colour of a job's state. */
export function stateInWords({ type, state }: Pick<Job, 'type' | 'state'>): { label: string; tone: Tone } {
  const { label, tone } = SEND_STATES[state];
  return { label: type === 'send' ? label : (ACTION_LABELS[state] ?? label), tone };
}

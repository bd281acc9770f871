import { passesFilter, type EventDraft, type EventFilter, type LiveEvent } from '@gateway/contracts';
import { isoTime, type Told, type Typing } from '@gateway/telegram';

export interface DraftOptions {
  filter: EventFilter;
  /** The job that sent a message with this random id. */
  jobOf: (randomId: string | undefined) => string | null;
  /** ms since the epoch. */
  now: number;
}

/** The events of what Telegram told that pass the account's filter, and those that are not stored. */
export function eventDrafts(
  told: readonly (Told | Typing)[],
  { filter, jobOf, now }: DraftOptions,
): { events: EventDraft[]; live: LiveEvent[] } {
  const events: EventDraft[] = [];
  const live: LiveEvent[] = [];
  for (const each of told) {
    // A deletion that names no chat passes if its message is stored, which the inbox knows.
    const isUnnamed = each.type === 'message.deleted' && each.chat === null;
    if (!isUnnamed && !passesFilter(filter, each)) continue;
    if (each.type === 'chat.typing') live.push({ ...each, occurred_at: timeOf(now) });
    else events.push(draftOf(each, jobOf, now));
  }
  return { events, live };
}

function draftOf({ at, randomId, ...told }: Told, jobOf: DraftOptions['jobOf'], now: number): EventDraft {
  const occurred_at = at === null ? timeOf(now) : isoTime(at);
  if (told.type !== 'message.new') return { ...told, occurred_at };
  return { ...told, occurred_at, message: { ...told.message, job_id: jobOf(randomId) } };
}

/** RFC 3339, UTC. @param ms since the epoch. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

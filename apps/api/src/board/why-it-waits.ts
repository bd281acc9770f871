import { isStopped, type AccountView, type JobView } from '@gateway/contracts';

/** Why a job is not done yet. */
export interface Wait {
  reason: string;
  /** RFC 3339; `null`: not known. */
  until: string | null;
  tries: number;
}

/** Nothing holds the job: it is being sent, or others are before it. */
const ITS_TURN = 'ITS_TURN';

/** `null`: the job does not wait. */
export function waitOf(job: JobView | null): Wait | null {
  if (job === null || (job.state !== 'waiting' && job.state !== 'delayed')) return null;
  return { reason: job.reason ?? ITS_TURN, until: job.retry_at, tries: job.attempts };
}

/** The wait as part of a job's title. */
export function titleOf({ reason, until, tries }: Wait): string {
  return `waits: ${reason}${until === null ? '' : ` until ${until}`}, tries: ${tries}`;
}

/** Why no message of the account goes out now; `null`: nothing holds the account. */
export function whyHeld(view: AccountView): string | null {
  const { state, reason, next_action, hold } = view;
  if (isStopped(view) || (state !== 'ready' && state !== 'flood_wait'))
    return `Stopped: ${reason ?? state}. ${next_action ?? ''}`.trim();
  return hold === null ? null : `Held: ${hold.reason} until ${new Date(hold.until).toISOString()}.`;
}

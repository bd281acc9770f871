import type { ChangeJob } from './change-job.ts';

/** A join or leave of the club that was posted to the API. */
export interface PostedMembership {
  /** The account's Telegram id. */
  from: number;
  kind: 'join' | 'leave';
  /** Ascending within the account, in the order of acceptance. */
  number: number;
}

/**
 * Compares joins and leaves with who is a member in the end, by the last completed one, or by a later one whose outcome
 * is unknown.
 * @param undecided joins and leaves of which it is unknown whether they were accepted.
 * @returns faults, one line each.
 */
export function judgeMembers(
  accepted: readonly (PostedMembership & ChangeJob)[],
  members: readonly number[],
  undecided: readonly PostedMembership[] = [],
): string[] {
  const done = accepted.filter(({ end }) => end === 'completed');
  const open = [...undecided, ...accepted.filter(({ end }) => end === 'unknown')];
  return [...new Set([...done, ...open].map(({ from }) => from))].flatMap((account) => {
    const own = done.filter(({ from }) => from === account);
    const last = own.reduce((latest, { number }) => Math.max(latest, number), 0);
    const should = own.find(({ number }) => number === last)?.kind ?? 'leave';
    const others = open
      .filter(({ from, number }) => from === account && number > last)
      .map(({ kind }) => kind);
    const is = members.includes(account) ? 'join' : 'leave';
    return [should, ...others].includes(is)
      ? []
      : [`${account} is ${is === 'join' ? 'a' : 'no'} member after ${should} ${last}`];
  });
}

/** Names the join or leave for its key and for reports. */
export function nameOfMembership({ from, kind, number }: PostedMembership): string {
  return `${from}, ${kind} ${number}`;
}

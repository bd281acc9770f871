import type { ChangeJob } from './change-job.ts';

/** A press of a button that was posted to the API. */
export interface PostedPress {
  /** The account's Telegram id. */
  from: number;
  data: string;
  /** Ascending within the account. */
  number: number;
}

/**
 * Compares presses with those that the bot got: one for each completed press, at most one for each whose outcome is
 * unknown, and no other.
 * @param undecided presses of which it is unknown whether they were accepted.
 * @returns faults, one line each.
 */
export function judgePresses(
  accepted: readonly (PostedPress & ChangeJob)[],
  arrived: readonly Pick<PostedPress, 'from' | 'data'>[],
  undecided: readonly PostedPress[] = [],
): string[] {
  const least = counted(accepted.filter(({ end }) => end === 'completed'));
  const most = counted([...undecided, ...accepted.filter(({ end }) => end !== 'failed')]);
  const is = counted(arrived);
  return [...new Set([...is.keys(), ...most.keys()])].flatMap((name) => {
    const [low, high, count] = [least, most, is].map((counts) => counts.get(name) ?? 0) as [
      number,
      number,
      number,
    ];
    return count >= low && count <= high
      ? []
      : [`${name}: pressed ${count} times, by ${low} to ${high} presses`];
  });
}

function counted(presses: readonly Pick<PostedPress, 'from' | 'data'>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { from, data } of presses) {
    const name = `${from}, ${data}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Names the press for its key and for reports. */
export function nameOfPress({ from, number }: PostedPress): string {
  return `${from}, press ${number}`;
}

import type { ChangeJob } from './change-job.ts';
import { nameOf, type ArrivedMessage } from './judge.ts';
import { labelOf, type Label } from './texts.ts';

/** A forward or delete that was posted to the API. Its label is that of the send, all of whose messages it takes. */
export interface PostedAction extends Label {
  kind: 'forward' | 'delete';
  /** Ascending within the chat. */
  number: number;
}

/** A forward or delete that the API has accepted. */
export type AcceptedAction = PostedAction & ChangeJob;

/**
 * Compares forwards and deletes with their effects: each completed one has taken effect once, and nothing was forwarded
 * or deleted that nobody asked for.
 * @param undecided actions of which it is unknown whether they were accepted.
 * @returns faults, one line each.
 */
export function judgeActions(
  accepted: readonly AcceptedAction[],
  arrived: readonly ArrivedMessage[],
  undecided: readonly PostedAction[] = [],
): string[] {
  const open = counted([...undecided, ...accepted.filter(({ end }) => end !== 'failed')]);
  const done = counted(accepted.filter(({ end }) => end === 'completed'));
  const messages = new Map<string, ArrivedMessage[]>();
  for (const message of arrived) {
    const label = labelOf(message.text);
    if (label === undefined) continue;
    const own = messages.get(nameOf(label)) ?? [];
    own.push(message);
    messages.set(nameOf(label), own);
  }
  const names = new Set([...messages.keys(), ...[...open.keys()].map((key) => key.replace(/ \w+$/, ''))]);
  return [...names].flatMap((name) => {
    const own = messages.get(name) ?? [];
    const originals = own.filter(({ forwarded }) => forwarded !== true);
    const copies = own.length - originals.length;
    const deleted = originals.filter((each) => each.deleted).length;
    const count = (counts: ReadonlyMap<string, number>, kind: PostedAction['kind']) =>
      counts.get(`${name} ${kind}`) ?? 0;
    const [least, most] = [count(done, 'forward'), count(open, 'forward')];
    const faults: string[] = [];
    if (copies < least * originals.length || copies > most * originals.length)
      faults.push(
        `${name}: ${copies} copies of ${originals.length} messages, by ${least} to ${most} forwards`,
      );
    if (deleted < originals.length && count(done, 'delete') > 0) faults.push(`${name} was not deleted`);
    if (deleted > 0 && count(open, 'delete') === 0)
      faults.push(`${name} was deleted, and nobody asked for it`);
    return faults;
  });
}

/** How many actions there are of each kind, by `chat#seq kind`. */
function counted(actions: readonly PostedAction[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const action of actions) {
    const key = `${nameOf(action)} ${action.kind}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Names the action for its key and for reports. */
export function nameOfAction({ kind, number, ...label }: PostedAction): string {
  return `${nameOf(label)}, ${kind} ${number}`;
}

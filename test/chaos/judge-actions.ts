import { nameOf, type ArrivedMessage } from './judge.ts';
import { labelOf, type Label } from './texts.ts';

/** A forward or delete that was posted to the API. Its label is that of the message. */
export interface PostedAction extends Label {
  kind: 'forward' | 'delete';
  /** Telegram's id of the account. Forwards go to its own chat. */
  from: number;
  messageId: number;
  /** Ascending within the chat. */
  number: number;
}

/** A forward or delete that the API has accepted. */
export interface AcceptedAction extends PostedAction {
  jobId: string;
  /** ms since the epoch. */
  acceptedAt: number;
  /** How its job ended, once that is known. `unknown`: with an unknown outcome. */
  end: 'completed' | 'failed' | 'unknown' | null;
}

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
  const open = [...undecided, ...accepted.filter(({ end }) => end !== 'failed')];
  const done = accepted.filter(({ end }) => end === 'completed');
  const named = arrived.map((message) => ({ message, name: labelled(message.text) }));
  const count = (kind: PostedAction['kind'], name: string, actions: readonly PostedAction[]) =>
    actions.filter((each) => each.kind === kind && nameOf(each) === name).length;
  const names = new Set([...open.map(nameOf), ...named.flatMap(({ name }) => name ?? [])]);
  return [...names].flatMap((name) => {
    const own = named.filter((each) => each.name === name).map(({ message }) => message);
    const copies = own.filter(({ forwarded }) => forwarded).length;
    const deleted = own.filter((each) => each.deleted).length;
    const [least, most] = [count('forward', name, done), count('forward', name, open)];
    const faults: string[] = [];
    if (copies < least || copies > most)
      faults.push(`${name}: ${copies} copies of ${least} to ${most} forwards`);
    if (deleted === 0 && count('delete', name, done) > 0) faults.push(`${name} was not deleted`);
    if (deleted > 0 && count('delete', name, open) === 0)
      faults.push(`${name} was deleted, and nobody asked for it`);
    return faults;
  });
}

/** Names the action for its key and for reports. */
export function nameOfAction({ kind, number, ...label }: PostedAction): string {
  return `${nameOf(label)}, ${kind} ${number}`;
}

function labelled(text: string): string | undefined {
  const label = labelOf(text);
  return label === undefined ? undefined : nameOf(label);
}

import type { Hold } from '@gateway/contracts';
import type { Chat } from '@gateway/telegram';
import type { PaceWait } from './pacer.ts';

/** A job that must wait, and why; `behind`: first of all for another of its chat. */
export interface Waiting<J> {
  job: J;
  hold: Hold;
  behind: boolean;
}

/** What to do next with the jobs in hand. */
export type NextSend<J> =
  /** This one may go now: none before it goes to the same chat. */
  | { do: 'send'; job: J }
  /** All must wait. */
  | AllWait<J>;

export interface AllWait<J> {
  do: 'wait';
  /** When the first of them may go; `null`: there are none. */
  until: number | null;
  /** What any further job would have to wait for as well, if there is such a thing. */
  accountWide: Hold | null;
  waiting: Waiting<J>[];
}

/**
 * Picks the oldest job whose chat may be written to. A chat's jobs keep their order: one that waits keeps back all behind it, however
 * their recipients are named.
 *
 * @param jobs in the order of acceptance.
 * @param holdOf why nothing goes to a chat just now.
 */
export function pickNext<J>(
  jobs: readonly J[],
  chatOf: (job: J) => Chat,
  holdOf: (chat: Chat) => PaceWait | null,
): NextSend<J> {
  const held = new Map<string, Hold>();
  const waiting: Waiting<J>[] = [];
  let accountWide: Hold | null = null;
  for (const job of jobs) {
    const chat = chatOf(job);
    let hold = held.get(chat.key);
    const behind = hold !== undefined;
    if (hold === undefined) {
      const wait = holdOf(chat);
      if (wait === null) return { do: 'send', job };
      if (wait.scope === 'account') accountWide = wait.hold;
      hold = wait.hold;
      held.set(chat.key, hold);
    }
    waiting.push({ job, hold, behind });
  }
  const until = held.size === 0 ? null : Math.min(...[...held.values()].map((hold) => hold.until));
  return { do: 'wait', until, accountWide, waiting };
}

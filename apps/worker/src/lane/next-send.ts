import type { Hold } from '@gateway/contracts';
import type { Chat } from '@gateway/telegram';
import type { PaceWait } from './pacer.ts';

/** A job that must wait, and why. `behind`: it waits because an earlier job of the same chat waits. */
export interface Waiting<J> {
  job: J;
  hold: Hold;
  behind: boolean;
}

/** What to do next with the fetched jobs. */
export type NextSend<J> =
  /** This job may be sent now: no earlier job waits for the same chat. */
  | { do: 'send'; job: J }
  /** All must wait. */
  | AllWait<J>;

export interface AllWait<J> {
  do: 'wait';
  /** When the first of them may be sent; Infinity if there are no jobs. */
  until: number;
  /** The hold that applies to every further job of the account, if there is one. */
  accountWide: Hold | null;
  waiting: Waiting<J>[];
}

/**
 * Picks the oldest job whose chat may be written to. Each chat keeps its order: a waiting job keeps back all later jobs
 * of the same chat, even if they name the recipient differently.
 *
 * @param jobs in the order of acceptance.
 * @param holdOf why a job may not run in its chat now; `null` if it may.
 */
export function pickNext<J>(
  jobs: readonly J[],
  chatOf: (job: J) => Chat,
  holdOf: (job: J, chat: Chat) => PaceWait | null,
): NextSend<J> {
  const held = new Map<string, Hold>();
  const waiting: Waiting<J>[] = [];
  let accountWide: Hold | null = null;
  for (const job of jobs) {
    const chat = chatOf(job);
    let hold = held.get(chat.key);
    const behind = hold !== undefined;
    if (hold === undefined) {
      const wait = holdOf(job, chat);
      if (wait === null) return { do: 'send', job };
      if (wait.scope === 'account') accountWide = wait.hold;
      hold = wait.hold;
      held.set(chat.key, hold);
    }
    waiting.push({ job, hold, behind });
  }
  const until = Math.min(...[...held.values()].map((hold) => hold.until));
  return { do: 'wait', until, accountWide, waiting };
}

import type { Hold } from '@gateway/contracts';
import type { Chat } from '@gateway/telegram';
import type { PaceWait } from './pacer.ts';

/** A job that must wait, and why. `behind`: it waits because an earlier job of the same chat waits. */
export interface Waiting<J> {
  job: J;
  hold: Hold;
  behind: boolean;
}

/** The chats in whose order a job stands. The first is the one that it writes to. */
type Chats = readonly [Chat, ...Chat[]];

/** What to do next with the fetched jobs. */
export type NextSend<J> =
  /** This job may be sent now: no earlier job waits for any of its chats. */
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
 * of its chats, even if they name the recipient differently.
 *
 * @param jobs in the order of acceptance.
 * @param holdOf why a job may not run in its chats now; `null` if it may.
 * @param turnOf uploads take turns: among those that may run, the one with the lowest number goes first. Other jobs
 * have 0, and go before them.
 */
export function pickNext<J>(
  jobs: readonly J[],
  chatsOf: (job: J) => Chats,
  holdOf: (job: J, chats: Chats) => PaceWait | null,
  turnOf: (job: J) => number = () => 0,
): NextSend<J> {
  /** The job that uploads next. */
  let upload: J | undefined;
  /** The chats of jobs that upload. Their later jobs keep their place. */
  const uploading = new Set<string>();
  const held = new Map<string, Hold>();
  const waiting: Waiting<J>[] = [];
  let accountWide: Hold | null = null;
  for (const job of jobs) {
    const chats = chatsOf(job);
    if (chats.some(({ key }) => uploading.has(key))) {
      for (const { key } of chats) uploading.add(key);
      continue;
    }
    let hold = chats.map(({ key }) => held.get(key)).find((each) => each !== undefined);
    const behind = hold !== undefined;
    if (hold === undefined) {
      const wait = holdOf(job, chats);
      if (wait === null && turnOf(job) > 0) {
        if (upload === undefined || turnOf(job) < turnOf(upload)) upload = job;
        for (const { key } of chats) uploading.add(key);
        continue;
      }
      if (wait === null) return { do: 'send', job };
      if (wait.scope === 'account') accountWide = wait.hold;
      hold = wait.hold;
    }
    for (const { key } of chats) if (!held.has(key)) held.set(key, hold);
    waiting.push({ job, hold, behind });
  }
  if (upload !== undefined) return { do: 'send', job: upload };
  const until = Math.min(...[...held.values()].map((hold) => hold.until));
  return { do: 'wait', until, accountWide, waiting };
}

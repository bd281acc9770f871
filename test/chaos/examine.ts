import { sleep } from '@gateway/runtime';
import { ApiClient, type ApiAnswer } from '../env/api-client.ts';
import type { Fleet } from '../env/fleet.ts';
import type { SandboxControl, SandboxMessage } from '../env/sandbox-control.ts';
import { shownText } from './attachments.ts';
import { judgeActions, nameOfAction } from './judge-actions.ts';
import { judgeEdits, nameOfEdit, type EditVerdict } from './judge-edits.ts';
import { judgeMembers, nameOfMembership } from './judge-members.ts';
import { judgePresses, nameOfPress } from './judge-presses.ts';
import { judgeReads, nameOfRead, type Unread } from './judge-reads.ts';
import { judgeStates, nameOfState } from './judge-states.ts';
import { judge, nameOf, type AcceptedMessage, type ArrivedMessage, type Verdict } from './judge.ts';
import { openOf, type Changes, type Ledger } from './ledger.ts';
import { isOfFriend } from './receiving/friends.ts';
import { BOT_TEXT, type World } from './world.ts';

/** All but the first two have a line for each fault. */
export interface Verdicts {
  sends: Verdict;
  edits: EditVerdict;
  /** Forwards and deletes. */
  actions: readonly string[];
  /** Reactions, pins and replaced files. */
  states: readonly string[];
  reads: readonly string[];
  presses: readonly string[];
  /** Joins and leaves. */
  memberships: readonly string[];
}

/** Problems that the product itself reports at the end, one line each. */
export interface SelfReport {
  /** Jobs that have not ended. */
  stuckJobs: string[];
  failedJobs: string[];
  /** Accounts that are not `ready`, or have pending messages. */
  unwellAccounts: string[];
}

/** ms for jobs and accounts to report that they are done, after everything has arrived. */
const REPORT_LIMIT = 60_000;

const POLL_MS = 1_000;

/** Concurrent requests. */
const AT_ONCE = 16;

/** Compares the ledger with what the sandbox has. */
export async function verdictOf({ control }: Fleet, world: World, ledger: Ledger): Promise<Verdicts> {
  const all = (await control.messages()).map(arrivedOf);
  const arrived = all.filter(isOfAccount);
  const originals = arrived.filter(({ forwarded }) => forwarded !== true);
  const pressed = (await control.presses()).map(({ from_id: from, data }) => ({ from, data }));
  const { members } = await control.chat(world.club);
  const { edits, actions, states, reads, presses, memberships } = ledger;
  return {
    sends: judgeSends(ledger, arrived),
    edits: judgeEdits(edits.accepted, originals, openOf(edits)),
    actions: judgeActions(actions.accepted, arrived, openOf(actions)),
    states: judgeStates(states.accepted, arrived, openOf(states)),
    reads: judgeReads(reads.accepted, all, await unreadOf(control, world)),
    presses: judgePresses(presses.accepted, pressed, openOf(presses)),
    memberships: judgeMembers(memberships.accepted, members, openOf(memberships)),
  };
}

/** The accepted sends that are missing at the sandbox, in whole or in part. */
export async function missingSends({ control }: Fleet, ledger: Ledger): Promise<AcceptedMessage[]> {
  const arrived = (await control.messages()).map(arrivedOf).filter(isOfAccount);
  const { arrivals } = judgeSends(ledger, arrived);
  return ledger.accepted.filter((message) => !arrivals.has(nameOf(message)));
}

function judgeSends(ledger: Ledger, arrived: readonly ArrivedMessage[]): Verdict {
  return judge(ledger.accepted, arrived, [...ledger.undecided, ...ledger.lostInFailover]);
}

/** Whether an account of the gateway wrote the message. */
function isOfAccount({ text }: ArrivedMessage): boolean {
  return !isOfFriend(text) && text !== BOT_TEXT;
}

/** What every account has not read in every group. */
async function unreadOf(control: SandboxControl, { chats }: World): Promise<Unread> {
  const groups = [...new Set(chats.map(({ to }) => to))].filter((to) => to < 0);
  const unread = new Map<string, number>();
  for (const group of groups)
    for (const [account, count] of Object.entries((await control.chat(group)).unread))
      unread.set(`${account} ${group}`, count);
  return unread;
}

function arrivedOf(message: SandboxMessage): ArrivedMessage {
  const { id, from_id, to_id, accepted_at, edit_date, media, deleted, forwarded_from } = message;
  const { reactions = [], pinned = [] } = message;
  return {
    id,
    from: from_id,
    to: to_id,
    text: shownText(message),
    at: Date.parse(accepted_at),
    edited: edit_date !== undefined,
    sha256: media?.sha256,
    reaction: reactions.find(({ by }) => by === from_id)?.emoji.join(' ') ?? '',
    pinned: pinned === true || pinned.includes(from_id),
    deleted: deleted === true,
    forwarded: forwarded_from !== undefined,
  };
}

/**
 * Reads every accepted job and every account repeatedly until all are well or the time is over. Adds the message ids of
 * the sends to the ledger, if they are missing there, and how the other jobs ended.
 */
export async function examine(fleet: Fleet, world: World, ledger: Ledger): Promise<SelfReport> {
  const api = new ApiClient(fleet.urls[0] ?? '');
  const deadline = performance.now() + REPORT_LIMIT;
  const failedJobs: string[] = [];
  const jobs = await repeated(ledger.accepted, deadline, async (message) => {
    const answer = await api.get(`/jobs/${message.jobId}`);
    const { state, result, error } = answer.body;
    if (state === 'completed') recordMessageId(message, result.message_id);
    if (state === 'failed') failedJobs.push(`${nameOf(message)}, ${message.jobId}: ${JSON.stringify(error)}`);
    return state === 'completed' || state === 'failed' ? undefined : describe(message.jobId, answer);
  });
  const follow = async <P extends object>(
    { accepted }: Changes<P>,
    nameOfChange: (change: P) => string,
    end: (change: P, result: Record<string, unknown>) => void = () => {},
  ): Promise<string[]> =>
    repeated(accepted, deadline, async (change) => {
      const answer = await api.get(`/jobs/${change.jobId}`);
      const { state, result, error } = answer.body;
      if (state !== 'completed' && state !== 'failed') return describe(change.jobId, answer);
      change.end = state === 'completed' ? state : error.kind === 'unknown_outcome' ? 'unknown' : 'failed';
      if (change.end === 'failed')
        failedJobs.push(`${nameOfChange(change)}, ${change.jobId}: ${JSON.stringify(error)}`);
      if (change.end === 'completed') end(change, result);
      return undefined;
    });
  const changes = [
    await follow(ledger.edits, nameOfEdit, (edit, { message_id }) => {
      edit.messageId ??= Number(message_id);
      if (message_id !== edit.messageId)
        failedJobs.push(`${nameOfEdit(edit)}: it reports message ${String(message_id)}`);
    }),
    await follow(ledger.actions, nameOfAction),
    await follow(ledger.states, nameOfState),
    await follow(ledger.reads, nameOfRead),
    await follow(ledger.presses, nameOfPress),
    await follow(ledger.memberships, nameOfMembership),
  ].flat();
  const accounts = await repeated(world.accounts, deadline, async ({ userId }) => {
    const answer = await api.status(userId);
    const { state, pending } = answer.body;
    const isIdle = Object.values(pending ?? { unknown: 1 }).every((count) => count === 0);
    return state === 'ready' && isIdle ? undefined : describe(userId, answer);
  });
  return { stuckJobs: [...jobs, ...changes], failedJobs, unwellAccounts: accounts };
}

/** A different id does not replace an earlier one, so that the judge finds the contradiction. */
function recordMessageId(message: AcceptedMessage, messageId: number): void {
  message.messageId ??= messageId;
  if (message.messageId !== messageId) message.messageId = -1;
}

/**
 * Checks each item repeatedly until it has no problem, or until the deadline (by `performance.now()`). @returns the
 * last problems.
 */
async function repeated<T>(
  items: readonly T[],
  deadline: number,
  look: (item: T) => Promise<string | undefined>,
): Promise<string[]> {
  const complaints: string[] = [];
  const waiting = [...items];
  const next = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      let complaint = await look(item);
      while (complaint !== undefined && performance.now() < deadline) {
        await sleep(POLL_MS);
        complaint = await look(item);
      }
      if (complaint !== undefined) complaints.push(complaint);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return complaints;
}

function describe(name: string, { status, body }: ApiAnswer): string {
  return `${name}: ${status} ${JSON.stringify(body)}`;
}

import { sleep } from '@gateway/runtime';
import { ApiClient, type ApiAnswer } from '../env/api-client.ts';
import type { Fleet } from '../env/fleet.ts';
import { judgeActions, nameOfAction } from './judge-actions.ts';
import { judgeEdits, nameOfEdit, type EditVerdict } from './judge-edits.ts';
import { judge, nameOf, type AcceptedMessage, type ArrivedMessage, type Verdict } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { isOfFriend } from './receiving/friends.ts';
import type { World } from './world.ts';

/** Problems that the product itself reports at the end, one line each. */
export interface SelfReport {
  /** Jobs that have not ended. */
  stuckJobs: string[];
  failedJobs: string[];
  /** Accounts that are not `ready`, or have pending messages. */
  unwellAccounts: string[];
}

/** ms without a new message at the sandbox after which missing ones count as lost, and maximum ms of the whole wait. */
const PATIENCE = { quiet: 60_000, all: 180_000 };

/** ms for jobs and accounts to report that they are done, after everything has arrived. */
const REPORT_LIMIT = 60_000;

const POLL_MS = 1_000;

/** Concurrent requests. */
const AT_ONCE = 16;

/** Waits until no accepted message is missing at the sandbox, or no more arrive. @returns whether all have arrived. */
export async function settle(fleet: Fleet, ledger: Ledger): Promise<boolean> {
  const begun = performance.now();
  let [before, changedAt] = [-1, begun];
  for (;;) {
    const { messages } = await fleet.control.counters();
    const now = performance.now();
    if (messages === before && (await verdictOf(fleet, ledger)).sends.lost.length === 0) return true;
    if (messages !== before) changedAt = now;
    if (now - changedAt > PATIENCE.quiet || now - begun > PATIENCE.all) return false;
    before = messages;
    await sleep(POLL_MS);
  }
}

/** Compares the ledger with the messages at the sandbox. Only the verdict on sends counts before {@link examine}. */
export async function verdictOf(
  { control }: Fleet,
  ledger: Ledger,
): Promise<{ sends: Verdict; edits: EditVerdict; actions: string[] }> {
  const sent = (await control.messages()).filter(({ text }) => !isOfFriend(text));
  const arrived = sent.map(
    ({
      id,
      from_id,
      to_id,
      text,
      accepted_at,
      edit_date,
      media,
      deleted,
      forwarded_from,
    }): ArrivedMessage => ({
      id,
      from: from_id,
      to: to_id,
      text,
      at: Date.parse(accepted_at),
      edited: edit_date !== undefined,
      sha256: media?.sha256,
      deleted: deleted === true,
      forwarded: forwarded_from !== undefined,
    }),
  );
  const originals = arrived.filter(({ forwarded }) => forwarded !== true);
  return {
    sends: judge(ledger.accepted, arrived, [...ledger.undecided, ...ledger.lostInFailover]),
    edits: judgeEdits(ledger.acceptedEdits, originals, [...ledger.undecidedEdits, ...ledger.lostEdits]),
    actions: judgeActions(ledger.acceptedActions, arrived, [
      ...ledger.undecidedActions,
      ...ledger.lostActions,
    ]),
  };
}

/**
 * Reads every accepted job and every account repeatedly until all are well or the time is over. Adds the message ids of
 * the sends to the ledger, if they are missing there, and how the other jobs ended.
 */
export async function examine(
  fleet: Fleet,
  world: World,
  { accepted, acceptedEdits, acceptedActions }: Ledger,
): Promise<SelfReport> {
  const api = new ApiClient(fleet.urls[0] ?? '');
  const deadline = performance.now() + REPORT_LIMIT;
  const failedJobs: string[] = [];
  const jobs = await repeated(accepted, deadline, async (message) => {
    const answer = await api.get(`/jobs/${message.jobId}`);
    const { state, result, error } = answer.body;
    if (state === 'completed') recordMessageId(message, result.message_id);
    if (state === 'failed') failedJobs.push(`${nameOf(message)}, ${message.jobId}: ${JSON.stringify(error)}`);
    return state === 'completed' || state === 'failed' ? undefined : describe(message.jobId, answer);
  });
  const edits = await repeated(acceptedEdits, deadline, async (edit) => {
    const answer = await api.get(`/jobs/${edit.jobId}`);
    const { state, result, error } = answer.body;
    if (state !== 'completed' && state !== 'failed') return describe(edit.jobId, answer);
    edit.end = state === 'completed' ? state : error.kind === 'unknown_outcome' ? 'unknown' : 'failed';
    if (edit.end === 'failed')
      failedJobs.push(`${nameOfEdit(edit)}, ${edit.jobId}: ${JSON.stringify(error)}`);
    if (state === 'completed' && result.message_id !== edit.messageId)
      failedJobs.push(`${nameOfEdit(edit)}, ${edit.jobId}: it reports message ${result.message_id}`);
    return undefined;
  });
  const actions = await repeated(acceptedActions, deadline, async (action) => {
    const answer = await api.get(`/jobs/${action.jobId}`);
    const { state, error } = answer.body;
    if (state !== 'completed' && state !== 'failed') return describe(action.jobId, answer);
    action.end = state === 'completed' ? state : error.kind === 'unknown_outcome' ? 'unknown' : 'failed';
    if (action.end === 'failed')
      failedJobs.push(`${nameOfAction(action)}, ${action.jobId}: ${JSON.stringify(error)}`);
    return undefined;
  });
  const accounts = await repeated(world.accounts, deadline, async ({ userId }) => {
    const answer = await api.status(userId);
    const { state, pending } = answer.body;
    const isIdle = Object.values(pending ?? { unknown: 1 }).every((count) => count === 0);
    return state === 'ready' && isIdle ? undefined : describe(userId, answer);
  });
  return { stuckJobs: [...jobs, ...edits, ...actions], failedJobs, unwellAccounts: accounts };
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

import { ApiClient } from '../env/api-client.ts';
import type { Fleet } from '../env/fleet.ts';
import { nameOfAction } from './judge-actions.ts';
import { nameOfEdit } from './judge-edits.ts';
import { nameOfMembership } from './judge-members.ts';
import { nameOfPress } from './judge-presses.ts';
import { nameOfRead } from './judge-reads.ts';
import { nameOfState } from './judge-states.ts';
import { nameOf } from './judge.ts';
import type { Changes, Ledger } from './ledger.ts';

/** ms before the end of a primary from which a write may not have reached its replica. */
const REPLICATION_MS = 1_000;

/**
 * Takes jobs out of the accepted ones that Redis lost in a failover: they were accepted just before a
 * primary failed, or before it had become a replica (a frozen one still accepts some when it wakes), and their jobs do
 * not exist any more.
 * @returns their names.
 */
export async function withdrawLost(
  fleet: Fleet,
  ledger: Ledger,
  failovers: readonly { begunAt: number; endedAt: number }[],
): Promise<string[]> {
  const api = new ApiClient(fleet.urls[0] ?? '');
  const isLost = async ({ jobId, acceptedAt }: { jobId: string; acceptedAt: number }) =>
    failovers.some(
      ({ begunAt, endedAt }) => begunAt - REPLICATION_MS <= acceptedAt && acceptedAt <= endedAt,
    ) && (await api.get(`/jobs/${jobId}`)).status === 404;
  const lost = await Promise.all(ledger.accepted.map(isLost));
  ledger.lostInFailover.push(...ledger.accepted.filter((_, index) => lost[index]));
  ledger.accepted = ledger.accepted.filter((_, index) => !lost[index]);
  const withdraw = async <P>(changes: Changes<P>, nameOfChange: (change: P) => string): Promise<string[]> => {
    const gone = await Promise.all(changes.accepted.map(isLost));
    changes.lost.push(...changes.accepted.filter((_, index) => gone[index]));
    changes.accepted = changes.accepted.filter((_, index) => !gone[index]);
    return changes.lost.map(nameOfChange);
  };
  return [
    ...ledger.lostInFailover.map(nameOf),
    ...(await withdraw(ledger.edits, nameOfEdit)),
    ...(await withdraw(ledger.actions, nameOfAction)),
    ...(await withdraw(ledger.states, nameOfState)),
    ...(await withdraw(ledger.reads, nameOfRead)),
    ...(await withdraw(ledger.presses, nameOfPress)),
    ...(await withdraw(ledger.memberships, nameOfMembership)),
  ];
}

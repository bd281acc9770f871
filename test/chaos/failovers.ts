import { ApiClient } from '../env/api-client.ts';
import type { Fleet } from '../env/fleet.ts';
import { nameOfAction } from './judge-actions.ts';
import { nameOfEdit } from './judge-edits.ts';
import { nameOf } from './judge.ts';
import type { Ledger } from './ledger.ts';

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
  const lostEdits = await Promise.all(ledger.acceptedEdits.map(isLost));
  const lostActions = await Promise.all(ledger.acceptedActions.map(isLost));
  ledger.lostActions.push(...ledger.acceptedActions.filter((_, index) => lostActions[index]));
  ledger.acceptedActions = ledger.acceptedActions.filter((_, index) => !lostActions[index]);
  ledger.lostInFailover.push(...ledger.accepted.filter((_, index) => lost[index]));
  ledger.lostEdits.push(...ledger.acceptedEdits.filter((_, index) => lostEdits[index]));
  ledger.accepted = ledger.accepted.filter((_, index) => !lost[index]);
  ledger.acceptedEdits = ledger.acceptedEdits.filter((_, index) => !lostEdits[index]);
  return [
    ...ledger.lostInFailover.map(nameOf),
    ...ledger.lostEdits.map(nameOfEdit),
    ...ledger.lostActions.map(nameOfAction),
  ];
}

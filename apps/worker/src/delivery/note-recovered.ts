import type { RecoveredSend } from '@gateway/queue';
import type { LaneOptions } from './lane-ports.ts';

/** Writes down that jobs were in hand elsewhere, or before an outage: what became of their last tries is not known. */
export async function noteRecovered(
  { account, logger }: Pick<LaneOptions, 'account' | 'logger'>,
  jobs: readonly RecoveredSend[],
  isTakeover: boolean,
): Promise<void> {
  if (jobs.length === 0) return;
  for (const { jobId, fetchedAt, attempts } of jobs.filter(({ wasAside }) => !wasAside)) {
    account.ledger.noteUnknown(jobId, fetchedAt, 0);
    if (!isTakeover) continue;
    account.ledger.noteRecovery(jobId);
    // The try that was cut off.
    account.ledger.noteAttempts(jobId, attempts + 1);
  }
  await account.ledger.save();
  logger.warn({ jobs: jobs.length }, 'took over jobs that were in hand');
}

import type { RecoveredSend } from '@gateway/queue';
import type { LaneOptions } from './lane-ports.ts';

/** Notes that the outcome of the jobs' last tries is unknown: another worker had them, or this one before an outage. */
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
    // The try that the takeover interrupted. The queue cannot tell whether it had begun, so it may count one too many.
    account.ledger.noteAttempts(jobId, attempts + 1);
  }
  await account.ledger.save();
  logger.warn({ jobs: jobs.length }, 'took over jobs that were in hand');
}

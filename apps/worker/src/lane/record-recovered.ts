import type { RecoveredJob } from '@gateway/queue';
import type { LaneOptions } from './lane-ports.ts';

/**
 * Records that the outcome of these jobs' last attempts is unknown, unless they only transferred a file. Another worker
 * had fetched them, or this one before an outage.
 */
export async function recordRecovered(
  { account, logger }: Pick<LaneOptions, 'account' | 'logger'>,
  jobs: readonly RecoveredJob[],
  isTakeover: boolean,
): Promise<void> {
  if (jobs.length === 0) return;
  for (const job of jobs.filter(({ wasHeld }) => !wasHeld)) {
    const { jobId, fetchedAt, fetchedBy, wasTransfer, attempts } = job;
    if (!wasTransfer) account.ledger.recordUnknown(jobId, fetchedAt, 0);
    if (!isTakeover) continue;
    account.ledger.recordRecovery(jobId, fetchedBy);
    // Count the attempt that the takeover interrupted. The queue does not know whether it had begun, so the count may
    // be one too high.
    account.ledger.recordAttempts(jobId, attempts + 1);
  }
  await account.ledger.save();
  logger.warn({ jobs: jobs.length }, 'took over jobs that an earlier owner had fetched');
}

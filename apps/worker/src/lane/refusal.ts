import { GatewayError } from '@gateway/contracts';
import { otherChat } from './dependency.ts';
import { heldTooLong, tooManyRecoveries } from './lane-errors.ts';
import type { LaneJob } from './lane-job.ts';
import type { LaneOptions } from './lane-ports.ts';
import { isTooLong } from './waits.ts';

/** How many workers may end while they hold a job, before the job counts as the cause and fails. */
const MAX_RECOVERIES = 5;

/** Why a job fails without being attempted; `null`: it may be attempted. */
export async function refusalOf(
  { refusal, data, job, jobId }: LaneJob,
  options: Pick<LaneOptions, 'account' | 'limits' | 'now' | 'liveWorkers'>,
): Promise<GatewayError | null> {
  const { account, limits, now } = options;
  const refused = refusal ?? otherChat(data, (recipient) => account.chatOf(recipient));
  if (refused !== null) return refused;
  if (account.hold !== null && isTooLong(account.hold, limits.maxWaitMs, now()))
    return heldTooLong(account.hold, now());
  if (account.ledger.wasDisconnectedAfter(job.acceptedAt)) return new GatewayError('ACCOUNT_DISCONNECTED');
  return (await hasEndedWorkers(jobId, options)) ? tooManyRecoveries(MAX_RECOVERIES) : null;
}

/** Whether so many workers have ended while they held the job that it counts as the cause. */
async function hasEndedWorkers(
  jobId: string,
  { account, liveWorkers }: Pick<LaneOptions, 'account' | 'liveWorkers'>,
): Promise<boolean> {
  if (account.ledger.recoveriesOf(jobId) < MAX_RECOVERIES) return false;
  return account.ledger.recoveriesOf(jobId, await liveWorkers()) >= MAX_RECOVERIES;
}

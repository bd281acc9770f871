import type { LaneJob } from './lane-job.ts';
import type { LaneAccount } from './lane-ports.ts';
import { pickNext, type NextSend } from './next-send.ts';
import { besideOthers, uploadTurn } from './waits.ts';

/**
 * Picks the fetched job whose next step the lane makes now.
 * @param waitsForTransfers whether the job's file waits for other files of the account.
 * @param now ms since the epoch.
 */
export function pickStep(
  jobs: readonly LaneJob[],
  account: Pick<LaneAccount, 'chatOf' | 'ledger' | 'pace'>,
  waitsForTransfers: (laneJob: LaneJob) => boolean,
  now: number,
): NextSend<LaneJob> {
  return pickNext(
    jobs,
    ({ recipients: [first, ...others] }) => [
      account.chatOf(first),
      ...others.map((each) => account.chatOf(each)),
    ],
    (laneJob, chats) => {
      const { isRunning, pausedUntil } = laneJob;
      if (isRunning) return { scope: 'chat', hold: besideOthers(now) };
      if (pausedUntil > now) return { scope: 'chat', hold: besideOthers(now, pausedUntil) };
      const hold = account.ledger.holdOf(laneJob.limits, chats, account.pace, now);
      if (hold !== null || !waitsForTransfers(laneJob)) return hold;
      return { scope: 'chat', hold: uploadTurn(now) };
    },
    ({ isTransfer, transferTurn }) => (isTransfer ? transferTurn : 0),
  );
}

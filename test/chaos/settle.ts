import { sleep } from '@gateway/runtime';
import { ApiClient } from '../env/api-client.ts';
import type { Fleet } from '../env/fleet.ts';
import { missingSends } from './examine.ts';
import type { AcceptedMessage } from './judge.ts';
import type { Ledger } from './ledger.ts';

/** ms without progress after which missing messages count as lost, and maximum ms of the whole wait. */
const PATIENCE = { quiet: 60_000, all: 300_000 };
const POLL_MS = 1_000;

/**
 * Waits until no accepted message is missing at the sandbox. It gives up only once the jobs of all missing messages
 * have ended, or nothing has happened for long: on a busy machine, messages may wait for minutes.
 * @returns a line for each missing message: whether its job has ended.
 */
export async function settle(fleet: Fleet, ledger: Ledger): Promise<string[]> {
  const begun = performance.now();
  let [before, changedAt] = ['', begun];
  for (;;) {
    const { messages } = await fleet.control.counters();
    const missing = await missingSends(fleet, ledger);
    if (missing.length === 0) return [];
    const open = await openJobs(fleet, missing);
    const now = performance.now();
    const progress = `${messages} ${open.size}`;
    // A job that waits for a known time is no standstill.
    if (progress !== before || [...open.values()].some((until) => until > Date.now())) changedAt = now;
    // An ended job may have sent its message after the look at the sandbox.
    const isCertain = open.size === 0 && progress === before;
    if (isCertain || now - changedAt > PATIENCE.quiet || now - begun > PATIENCE.all)
      return missing.map(({ jobId }) => `${jobId} has ${open.has(jobId) ? 'not ended' : 'ended'}`);
    before = progress;
    await sleep(POLL_MS);
  }
}

/** The jobs that have not ended: until when each waits, ms since the epoch; 0 if it is not known. */
async function openJobs(fleet: Fleet, missing: readonly AcceptedMessage[]): Promise<Map<string, number>> {
  const api = new ApiClient(fleet.urls[0] ?? '');
  const open = new Map<string, number>();
  for (const { jobId } of missing) {
    const { body } = await api.get(`/jobs/${jobId}`);
    const { state, retry_at: retryAt } = body;
    if (state !== 'completed' && state !== 'failed')
      open.set(jobId, typeof retryAt === 'string' ? Date.parse(retryAt) : 0);
  }
  return open;
}

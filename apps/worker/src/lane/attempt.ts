import { TelegramFailure } from '@gateway/telegram';
import { tracePast } from '@gateway/telemetry';
import type { Step } from '../actions/step.ts';
import type { LaneJob } from './lane-job.ts';
import type { LaneOptions } from './lane-ports.ts';
import { judge, type Verdict } from './verdict.ts';

type AttemptOptions = Pick<LaneOptions, 'account' | 'queue' | 'limits' | 'logger' | 'now' | 'random'>;

/**
 * Makes one attempt of the next step of a job, and updates the account's ledger. The caller saves the ledger.
 * @param unreachable how many attempts in a row before this one did not reach Telegram.
 * @returns what to do with the job if the step failed; `null` if it is done.
 */
export async function attempt(
  options: AttemptOptions,
  laneJob: LaneJob,
  unreachable: number,
): Promise<Verdict | null> {
  const { account, logger, now, random } = options;
  const { ledger } = account;
  const { jobId, requestId } = laneJob;
  const { action } = laneJob.job;
  const step = await prepare(options, laneJob);
  const before = account.chatOf(laneJob.recipient);
  const begun = now();
  laneJob.tries += 1;
  const { tries } = laneJob;
  if (laneJob.step === 0 && tries === 1) traceWait(laneJob, account.userId, begun);
  try {
    const { progress, messageIds, asked = true, pauseMs = 0 } = await account.run(step);
    laneJob.finishStep(progress);
    laneJob.pausedUntil = now() + pauseMs;
    // The step may have resolved the recipient, so the chat is read again. It is no longer a stranger now: keep the
    // earlier value, which the pace counts.
    const chat = { ...account.chatOf(laneJob.recipient), stranger: before.stranger };
    // An upload says nothing about an earlier attempt to send its message, whose outcome may be unknown.
    if (!asked) return null;
    const isUpload = messageIds === undefined && (action.makesMessages || laneJob.result === null);
    if (isUpload) ledger.recordReached();
    else if (messageIds === undefined) ledger.recordDone(jobId);
    else ledger.recordSent(jobId, chat, messageIds, account.pace, begun);
    const part = laneJob.steps > 1 ? { part: laneJob.step, parts: laneJob.steps } : {};
    const what = action.makesMessages ? 'sent' : `done: ${action.name}`;
    if (isUpload) logger.debug({ jobId, requestId, ...part }, 'uploaded');
    else
      logger.info({ jobId, requestId, messageId: messageIds?.[0], ms: now() - begun, tries, ...part }, what);
    return null;
  } catch (thrown) {
    // The account was stopped while this job waited for its turn.
    if (account.stopped) return { do: 'stay' };
    const counted = {
      message: laneJob.failures + 1,
      unreachable: laneJob.isTransfer ? Math.max(laneJob.tries, unreachable + 1) : unreachable + 1,
    };
    const verdict = judge(thrown, counted, random(), { repeat: action.repeat, ...laneJob.limits });
    if (isCounted(thrown)) {
      laneJob.countFailedAttempt();
      ledger.recordAttempts(jobId, laneJob.attempts);
    }
    if (isRefused(thrown)) ledger.recordRefused(jobId);
    if (verdict.do === 'hold' && verdict.counts) laneJob.failures += 1;
    logger.debug(
      { jobId, requestId, err: thrown, verdict: verdict.do, tries },
      action.makesMessages ? 'not sent' : `not done: ${action.name}`,
    );
    if (verdict.do === 'hold' && verdict.unknown)
      ledger.recordUnknown(laneJob.jobId, begun, ledger.lastIdIn(account.chatOf(laneJob.recipient)));
    return verdict;
  }
}

/** Whether Telegram has refused the job for good: then no attempt of it has taken effect. */
function isRefused(thrown: unknown): boolean {
  if (!(thrown instanceof TelegramFailure)) return false;
  const { failure } = thrown;
  return failure.outcome === 'fail' && failure.asked !== false;
}

/** Records how long the job has waited for its first attempt: since its `send_at` or its latest retry. */
function traceWait({ jobId, job }: LaneJob, userId: string, now: number): void {
  const attributes = { jobId, userId };
  tracePast(
    { name: 'queue.wait', kind: 'consumer', attributes, parent: job.trace },
    { from: Math.min(job.askedAt, now), to: now },
  );
}

/**
 * Whether the attempt counts: it reached Telegram, or may have, and Telegram did not ask to wait. A flood wait or slow
 * mode uses up no attempt.
 */
function isCounted(thrown: unknown): boolean {
  if (!(thrown instanceof TelegramFailure)) return false;
  const { failure } = thrown;
  if (failure.outcome === 'wait') return false;
  if (failure.outcome === 'fail') return failure.asked !== false;
  return failure.outcome !== 'retry' || failure.reached;
}

async function prepare(options: AttemptOptions, laneJob: LaneJob): Promise<Step> {
  const { account, now } = options;
  const { jobId, recipient, job } = laneJob;
  const { after, searchSince } = await searchFrom(options, laneJob);
  return {
    jobId,
    action: job.action,
    job: laneJob.data,
    progress: laneJob.progress,
    index: laneJob.step,
    trace: job.trace,
    files: account.files,
    ownId: account.ownId,
    askedAt: job.askedAt,
    saveProgress: (progress: object) => laneJob.saveProgress(progress),
    chatOf: (recipientId) => account.chatOf(recipientId),
    now,
    showTyping: () => account.showTyping({ recipient, action: 'typing', topicId: topicOf(laneJob) }),
    after,
    searchSince,
  };
}

/** From where, and since when, the chat must be searched for a message that an earlier attempt may have sent. */
async function searchFrom(
  { account, queue, limits, now }: AttemptOptions,
  laneJob: LaneJob,
): Promise<Pick<Step, 'after' | 'searchSince'>> {
  const { jobId, recipient, job } = laneJob;
  const { ledger } = account;
  const known = ledger.lastIdIn(account.chatOf(recipient));
  const unknown = ledger.unknownOf(jobId);
  const isSafe = unknown === undefined || now() - unknown.since <= limits.dedupWindowMs;
  if (isSafe || job.action.repeat !== 'random-id') return { after: known, searchSince: undefined };
  // If the process that made the attempt has ended, only the queue knows which messages were sent before it.
  const before = unknown.after || (await queue.lastMessageIdTo(recipient));
  return { after: Math.max(before, known, ...laneJob.messageIds), searchSince: unknown.since };
}

/** The topic of a forum to which the job writes, if there is one. */
function topicOf({ data }: LaneJob): number | undefined {
  return 'topicId' in data && typeof data.topicId === 'number' ? data.topicId : undefined;
}

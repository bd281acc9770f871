import { TelegramFailure } from '@gateway/telegram';
import type { InHand } from './in-hand.ts';
import type { LaneOptions, Sending } from './lane-ports.ts';
import { judge, type Verdict } from './verdict.ts';

type AttemptOptions = Pick<LaneOptions, 'account' | 'queue' | 'limits' | 'logger' | 'now' | 'random'>;

/**
 * Sends the next message of a job, once, and keeps the account's ledger about it (which the caller saves).
 * @param unreachable tries in a row, before this one, that did not reach Telegram.
 * @returns what becomes of the job where the message has not gone out; `null`: it has.
 */
export async function attempt(
  options: AttemptOptions,
  inHand: InHand,
  unreachable: number,
): Promise<Verdict | null> {
  const { account, logger, now, random } = options;
  const { ledger } = account;
  const { jobId, requestId } = inHand;
  const sending = await prepare(options, inHand);
  const before = account.chatOf(inHand.recipient);
  const begun = now();
  inHand.tries += 1;
  const { tries } = inHand;
  try {
    const message = await account.send(sending);
    inHand.add(message);
    // Its name may have become known by sending, and nobody is a stranger any more who was written to.
    const chat = { ...account.chatOf(inHand.recipient), stranger: before.stranger };
    ledger.noteSent(inHand.jobId, chat, message.message_id, account.pace, begun);
    const part = inHand.parts > 1 ? { part: inHand.part, parts: inHand.parts } : {};
    logger.info(
      { jobId, requestId, messageId: message.message_id, ms: now() - begun, tries, ...part },
      'sent',
    );
    return null;
  } catch (thrown) {
    // A person has stopped the account while this message waited for its turn.
    if (account.stopped) return { do: 'stay' };
    const counted = { message: inHand.failures + 1, unreachable: unreachable + 1 };
    const verdict = judge(thrown, counted, random());
    if (isCounted(thrown)) {
      inHand.countFailedTry();
      ledger.noteAttempts(jobId, inHand.attempts);
    }
    if (verdict.do === 'hold' && verdict.counts) inHand.failures += 1;
    logger.debug({ jobId, requestId, err: thrown, verdict: verdict.do, tries }, 'not sent');
    if (verdict.do === 'hold' && verdict.unknown)
      ledger.noteUnknown(inHand.jobId, begun, ledger.lastIdIn(account.chatOf(inHand.recipient)));
    return verdict;
  }
}

/** Whether a try counts: Telegram was asked, or may have been, and did not ask to wait. A flood wait or slow mode uses up no attempt. */
function isCounted(thrown: unknown): boolean {
  if (!(thrown instanceof TelegramFailure)) return false;
  const { failure } = thrown;
  if (failure.outcome === 'wait') return false;
  if (failure.outcome === 'fail') return failure.asked !== false;
  return failure.outcome !== 'retry' || failure.reached;
}

async function prepare({ account, queue, limits, now }: AttemptOptions, inHand: InHand): Promise<Sending> {
  const { jobId, part, formatted, recipient, job } = inHand;
  const { ledger } = account;
  const message = { jobId, part, formatted, job: job.data, trace: job.trace, askedAt: job.askedAt };
  const unknown = ledger.unknownOf(jobId);
  if (unknown === undefined || now() - unknown.since <= limits.dedupWindowMs)
    return { ...message, after: ledger.lastIdIn(account.chatOf(recipient)), lookFirstSince: undefined };
  // Where the process that tried has ended, the queue knows what had gone out before.
  const before = unknown.after || (await queue.lastMessageIdTo(recipient));
  const after = Math.max(before, ledger.lastIdIn(account.chatOf(recipient)), ...inHand.messageIds);
  return { ...message, after, lookFirstSince: unknown.since };
}

import type { EndOf, StepOf } from './step.ts';

/** Telegram shows typing for 5 to 6 s: it is repeated before. */
const REPEAT_MS = 4_000;

/**
 * Shows the account as typing before the first message of a send. The job stores until when, so another worker goes on
 * with the rest of the time. If typing cannot be shown, the message goes out at once.
 * @returns what the step did; `null` if the message is to be sent.
 */
export async function typeFirst({
  job: { typingMs },
  progress,
  now,
  showTyping,
}: Pick<StepOf<'send'>, 'job' | 'progress' | 'now' | 'showTyping'>): Promise<EndOf<'send'> | null> {
  if (typingMs === undefined || progress.sent.length > 0) return null;
  const left = (progress.typingUntil ?? Infinity) - now();
  // A time that is too far away was stored by a worker whose clock is ahead.
  const isOver = progress.typingUntil !== undefined && (left <= 0 || left > typingMs);
  if (isOver || !(await showTyping().catch(() => false))) return null;
  const typingUntil = progress.typingUntil ?? now() + typingMs;
  const pauseMs = Math.max(0, Math.min(REPEAT_MS, typingUntil - now()));
  return { progress: { ...progress, typingUntil }, asked: false, pauseMs };
}

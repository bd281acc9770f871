import type { BatchAnswer, BatchCheck } from '@gateway/client';
import type { BatchLine } from './batch.ts';

/** Most messages, and most UTF-16 units of their texts, in one request. */
const MOST_MESSAGES = 200;
const MOST_TEXT = 1_000_000;

/** The messages from this one on that go into one request. The same file is always cut in the same way. */
export function partFrom(lines: readonly BatchLine[], from: number): readonly BatchLine[] {
  let to = from;
  let length = 0;
  for (const { message } of lines.slice(from, from + MOST_MESSAGES)) {
    length += message.text.length;
    if (to > from && length > MOST_TEXT) break;
    to += 1;
  }
  return lines.slice(from, to);
}

/**
 * Throws if the queue was away for a message of the part. The gateway has refused nothing then: the same part under the
 * same key adds what is missing.
 */
export function requireAnswered(jobs: BatchAnswer['jobs'] | BatchCheck['jobs']): void {
  const away = jobs.find((job) => 'code' in job && job.code === 'QUEUE_UNAVAILABLE');
  if (away !== undefined && 'message' in away) throw new Error(away.message);
}

import { UsageError } from '../failure.ts';
import { messageIdOf } from './send.ts';

/** The options as commander parses them. */
export interface JobOption {
  job?: string;
}

/** The fields of a request that name messages, and the words of the command line behind them. */
interface Named<F> {
  fields: F;
  rest: readonly string[];
}

/**
 * One message: `<recipient> <message_id>`, or none of them with `--job`.
 * @param words those of the command line behind the user_id.
 * @throws {UsageError}
 */
export function namedMessage(
  words: readonly string[],
  { job }: JobOption,
): Named<{ job_id: string } | { recipient_id: string; message_id: number }> {
  if (job !== undefined) return { fields: { job_id: job }, rest: words };
  const [recipient_id, messageId, ...rest] = words;
  if (recipient_id === undefined || messageId === undefined) throw missing('message_id');
  return { fields: { recipient_id, message_id: messageIdOf('message_id', messageId) }, rest };
}

/** Several messages: `<recipient> <message_id…>`, or none of them with `--job`. @throws {UsageError} */
export function namedMessages(
  words: readonly string[],
  { job }: JobOption,
): { job_id: string } | { recipient_id: string; message_ids: number[] } {
  if (job !== undefined) {
    noMore(words);
    return { job_id: job };
  }
  const [recipient_id, ...messageIds] = words;
  if (recipient_id === undefined || messageIds.length === 0) throw missing('message_id');
  return { recipient_id, message_ids: messageIds.map((id) => messageIdOf('message_id', id)) };
}

/** @throws {UsageError} if there are more words on the command line. */
export function noMore(rest: readonly string[]): void {
  if (rest.length > 0) throw new UsageError(`too many arguments: ${rest.join(' ')}`);
}

export function missing(what: string): UsageError {
  return new UsageError(`recipient and ${what} are needed, or --job <job_id>`);
}

import { MAX_TEXT_LENGTH, type FormattedText } from '@gateway/contracts';
import { formatReply, REPLY_THREAD } from '@gateway/formatting';
import { BoundedThreads, ThreadError, type Logger } from '@gateway/runtime';

/** Longest text, in UTF-16 units, that is formatted at once: at worst it takes some 20 ms. */
const MAX_AT_ONCE = 8_192;

type Threads = Pick<BoundedThreads<string, FormattedText>, 'run'>;

const THREADS: Threads = new BoundedThreads<string, FormattedText>({
  entry: REPLY_THREAD,
  // Formatting the longest text takes some 200 ms. The rest is for a busy machine.
  timeoutMs: 5_000,
  heapMb: 128,
  atOnce: 2,
  maxWaiting: 100,
});

/**
 * Formats a model's Markdown. A long text is formatted in a thread, so other requests need not wait. Never throws for a text: one that hits
 * the thread's bounds, or would become longer than may be sent, goes out as it is written.
 */
export async function formatModelText(
  text: string,
  logger: Logger,
  threads = THREADS,
): Promise<FormattedText> {
  const formatted =
    text.length <= MAX_AT_ONCE ? formatReply(text) : await formatInThread(text, logger, threads);
  return formatted === null || formatted.text.length > MAX_TEXT_LENGTH ? asWritten(text) : formatted;
}

async function formatInThread(text: string, logger: Logger, threads: Threads): Promise<FormattedText | null> {
  try {
    return await threads.run(text);
  } catch (error) {
    if (!(error instanceof ThreadError)) throw error;
    logger.warn({ failure: error.failure, err: error, length: text.length }, 'a text goes out unformatted');
    return null;
  }
}

function asWritten(text: string): FormattedText {
  return { text: text.trim(), entities: [] };
}

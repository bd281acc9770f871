import { MAX_TEXT_LENGTH, type FormattedText } from '@gateway/contracts';
import { FORMAT_THREAD, formatText, type FormatOutcome, type Markup } from '@gateway/formatting';
import { BoundedThreads, ThreadError, type Logger } from '@gateway/runtime';

/** Longest text, in UTF-16 units, that is formatted at once. Before the code is warm, that takes up to 40 ms. */
const MAX_AT_ONCE = 4_096;

type Threads = Pick<BoundedThreads<{ text: string; markup: Markup }, FormatOutcome>, 'run'>;

const THREADS: Threads = new BoundedThreads({
  entry: FORMAT_THREAD,
  // Formatting the longest text takes some 200 ms. The rest is for a busy machine.
  timeoutMs: 5_000,
  heapMb: 128,
  atOnce: 2,
  maxWaiting: 10_000,
  // A thread takes some 300 ms to start, and a batch can have 1,000 texts.
  keepMs: 10_000,
});

/** Formats a marked-up text. A long one is formatted in a thread, so other requests need not wait. */
export async function formatMarkup(
  text: string,
  markup: Markup,
  logger: Logger,
  threads = THREADS,
): Promise<FormatOutcome> {
  if (text.length <= MAX_AT_ONCE) return formatAtOnce(text, markup);
  try {
    return withinBound(text, markup, await threads.run({ text, markup }));
  } catch (error) {
    if (!(error instanceof ThreadError)) throw error;
    logger.warn(
      { failure: error.failure, err: error, length: text.length, markup },
      'no thread formats a text',
    );
    // A person's markup must be read. That takes linear time; a model's text is as good without.
    return markup === 'markdown_lenient' ? asWritten(text) : formatAtOnce(text, markup);
  }
}

/** Formats a model's Markdown. Never fails: at worst the text goes out as it is written. */
export async function formatModelText(text: string, logger: Logger): Promise<FormattedText> {
  const outcome = await formatMarkup(text, 'markdown_lenient', logger);
  return 'fault' in outcome ? asWritten(text) : outcome;
}

function formatAtOnce(text: string, markup: Markup): FormatOutcome {
  return withinBound(text, markup, formatText(text, markup));
}

/** Bullets and tables make a text longer: a model's text that may no longer be sent so goes out as it is written. */
function withinBound(text: string, markup: Markup, outcome: FormatOutcome): FormatOutcome {
  const isTooLong =
    markup === 'markdown_lenient' && 'text' in outcome && outcome.text.length > MAX_TEXT_LENGTH;
  return isTooLong ? asWritten(text) : outcome;
}

function asWritten(text: string): FormattedText {
  return { text: text.trim(), entities: [] };
}

import { MAX_TEXT_ENTITIES, MAX_TEXT_LENGTH, type FormattedText } from '@gateway/contracts';
import { FORMAT_THREAD, formatText, type FormatOutcome, type Markup } from '@gateway/formatting';
import { BoundedThreads, ThreadError, type Logger } from '@gateway/runtime';

/** Longest text, in UTF-16 units, that is formatted on the main thread. With cold code that takes up to 40 ms. */
const MAX_AT_ONCE = 4_096;

type Threads = Pick<BoundedThreads<{ text: string; markup: Markup }, FormatOutcome>, 'run'>;

const THREADS: Threads = new BoundedThreads({
  entry: FORMAT_THREAD,
  // The longest text takes about 500 ms to format. The rest is margin for a busy machine.
  timeoutMs: 10_000,
  heapMb: 128,
  atOnce: 2,
  maxWaiting: 10_000,
  // A thread takes about 300 ms to start, and a batch can have 1,000 texts.
  keepMs: 10_000,
});

/** Formats a text with markup. Formats a long text in a thread, so that it does not block other requests. */
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
    // Markup from a person must be parsed; here that takes linear time. A model's text may go out unformatted.
    return markup === 'markdown_lenient' ? asWritten(text) : formatAtOnce(text, markup);
  }
}

/** Formats a model's Markdown. Never fails: at worst the text is sent unformatted. */
export async function formatModelText(text: string, logger: Logger): Promise<FormattedText> {
  const outcome = await formatMarkup(text, 'markdown_lenient', logger);
  return 'fault' in outcome ? asWritten(text) : outcome;
}

function formatAtOnce(text: string, markup: Markup): FormatOutcome {
  return withinBound(text, markup, formatText(text, markup));
}

/**
 * Bullets and tables lengthen a text. If a model's formatted text becomes too long to send, or has too many entities,
 * it is sent unformatted.
 */
function withinBound(text: string, markup: Markup, outcome: FormatOutcome): FormatOutcome {
  if (markup !== 'markdown_lenient' || 'fault' in outcome) return outcome;
  const isTooMuch = outcome.text.length > MAX_TEXT_LENGTH || outcome.entities.length > MAX_TEXT_ENTITIES;
  return isTooMuch ? asWritten(text) : outcome;
}

function asWritten(text: string): FormattedText {
  return { text: text.trim(), entities: [] };
}

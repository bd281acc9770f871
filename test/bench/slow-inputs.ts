import { parseArgs } from 'node:util';
import { withoutUnopenedThoughts } from '@gateway/assistant';
import {
  cleanSource,
  cutsOf,
  isInvisible,
  MAX_TEXT_LENGTH,
  normalizeFormatted,
  parseRecipient,
  partsOf,
  sameTextAs,
} from '@gateway/contracts';
import { formatText, type Markup } from '@gateway/formatting';
import { readGivenSession } from '@gateway/session-formats';
import fc from 'fast-check';
import { ONCE_SLOW } from '../../packages/formatting/src/testing/once-slow.ts';

const HELP = `npm run bench:slow-inputs -- [--random 40]

Searches for inputs of allowed size whose handling takes more than linear time: texts in every markup, replies of models,
recipients and session strings. Each piece of a list is repeated, and so are --random combinations, new in each run.
Exit code 1 if one is found. Run it after a change of a parser.`;

/** Pieces of markup of both languages, and texts that were slow to parse in some program. */
const PIECES = [
  '*', '**', '***', '_', '__', '~~', '||', '`', '``', '```\n', '[', ']', '](', ')', '(', '![', '](https://a.b)', '](tg:)', '("', "'",
  '<', '>', '</', '<b>', '</b>', '<code>', '</code>', '<a href="', '"', '<a>', '</a>', '<!--', '<?', '<br>', '&', '&lt;', '&#', ';',
  '\\', '\n', '\n\n', ' ', '  \n', '\t', '> ', '- ', '* ', '1. ', '# ', '=\n', '-\n', '---\n', '|', '|-', '| ', 'a', 'b ', '. ', '!',
  'http://', 'tg://emoji?id=1', '$$', '\\(', '\\)', '[ ] ', '。', '「', '👍', '\u0301', '\u00a0', '\u200d', '\u200b', '\u2028', '\r\n', '\u0000', '\u202e', '\ufeff', '[a]: b\n',
] as const; // prettier-ignore

/** An input made of a head, a part that is repeated, and a tail. */
type Shape = readonly [head: string, repeated: string, tail: string];

/** Were slow in earlier versions. */
const KNOWN: Shape[] = [...ONCE_SLOW, ['', '<think></think>', 'a'], ['</think>', 'a\n', '</think>']];

/** `size`: the maximum accepted length in UTF-16 units. */
interface Work {
  name: string;
  size: number;
  run: (input: string) => unknown;
}

const MARKUPS: readonly Markup[] = ['markdown', 'html', 'markdown_lenient'];

const WORK: readonly Work[] = [
  { name: 'plain text', size: MAX_TEXT_LENGTH, run: (text) => accept({ text, entities: [] }) },
  ...MARKUPS.map((markup) => ({
    name: markup,
    size: MAX_TEXT_LENGTH,
    run: (source: string) => {
      const outcome = formatText(cleanSource(source), markup);
      if (!('fault' in outcome)) accept(outcome);
    },
  })),
  { name: 'a sent text that is looked for', size: MAX_TEXT_LENGTH, run: (text) => sameTextAs(text)(text) },
  { name: 'thoughts of a model', size: MAX_TEXT_LENGTH, run: withoutUnopenedThoughts },
  { name: 'recipient', size: 1_024, run: parseRecipient },
  // Reading starts synchronously; only files are read later.
  { name: 'session string', size: 250_000, run: (text) => void readGivenSession(text).catch(() => {}) },
];

/** The work on a formatted text before it is enqueued. */
function accept(formatted: Parameters<typeof normalizeFormatted>[0]): void {
  const { text, entities } = normalizeFormatted(formatted);
  isInvisible(text);
  partsOf(text, cutsOf(text, entities), entities);
}

/** Searches and prints what it finds. @returns the exit code. */
export async function main(args: string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { random: { type: 'string', default: '40' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const random = Number(values.random);
  if (!Number.isSafeInteger(random)) throw new Error('--random is a whole number');
  const shapes = [...KNOWN, ...PIECES.map((piece): Shape => ['', piece, 'a']), ...randomShapes(random)];
  let found = 0;
  for (const work of WORK) {
    const slow = worseThanLinear(shapes, work);
    say(`${work.name}: ${shapes.length} shapes, ${slow.length} slower than linear`);
    for (const shape of slow) say(`  ${JSON.stringify(shape)}`);
    found += slow.length;
  }
  return found === 0 ? 0 : 1;
}

function randomShapes(count: number): Shape[] {
  const some = fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }).map((pieces) => pieces.join(''));
  const repeated = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 })
    .map((pieces) => pieces.join(''));
  return fc.sample(fc.tuple(some, repeated, some), count);
}

/**
 * The shapes that take more than linear time: four times the input takes more than eight times the work. Work is the
 * least processor time of several runs. Only the ratio counts, so the machine's speed does not matter.
 */
function worseThanLinear(shapes: readonly Shape[], work: Work): Shape[] {
  const once = shapes.map((shape) => costOf(work, inputOf(shape, work, 4), 1));
  const median = once.toSorted((a, b) => a - b)[once.length >> 1] ?? 0;
  // A shape that costs little more than the others at this size is not worse than linear.
  const suspects = shapes.filter((_, index) => (once[index] ?? 0) > 3 * median);
  return suspects.filter((shape) => [3, 10].every((runs) => growth(shape, work, runs) > 8));
}

/** µs. Below this, a single garbage collection decides the ratio; slow input takes many times as long. */
const MIN_COST = 4_000;

function growth(shape: Shape, work: Work, runs: number): number {
  const [small, large] = [inputOf(shape, work, 1), inputOf(shape, work, 4)];
  return costOf(work, large, runs) / Math.max(MIN_COST, costOf(work, small, runs));
}

/**
 * The part is repeated to fill a quarter of the size, times `factor`. The number of repeats is divisible by 12, so that
 * inputs of any length end alike: all closed or all refused.
 */
function inputOf([head, repeated, tail]: Shape, { size }: Work, factor: 1 | 4): string {
  const times = Math.max(12, Math.floor(size / 4 / repeated.length / 12) * 12);
  return head + repeated.repeat(times * factor) + tail;
}

/** The least processor time of several runs, in µs. */
function costOf(work: Work, input: string, runs: number): number {
  let least = Infinity;
  for (let count = 0; count < runs; count += 1) {
    const before = process.cpuUsage();
    work.run(input);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** Pieces of markup of both languages, and texts that were slow to parse in some program. */
export const PIECES = [
  '*', '**', '***', '_', '__', '~~', '||', '`', '``', '```\n', '[', ']', '](', ')', '(', '![', '](https://a.b)', '](tg:)', '("', "'",
  '<', '>', '</', '<b>', '</b>', '<code>', '</code>', '<a href="', '"', '<a>', '</a>', '<!--', '<?', '<br>', '&', '&lt;', '&#', ';',
  '\\', '\n', '\n\n', ' ', '  \n', '\t', '> ', '- ', '* ', '1. ', '# ', '=\n', '-\n', '---\n', '|', '|-', '| ', 'a', 'b ', '. ', '!',
  'http://', 'tg://emoji?id=1', '$$', '\\(', '\\)', '[ ] ', '。', '「', '👍', '\u0301', '\u00a0', '\u200d', '\u200b', '\u2028', '\r\n', '\u0000', '\u202e', '\ufeff', '[a]: b\n',
] as const; // prettier-ignore

/** A text of a head, a part that is repeated, and a tail. */
export type Shape = readonly [head: string, repeated: string, tail: string];

/**
 * Repeats `repeated` to fill `units`, times `factor`. The number of repeats is divisible by 12, so that texts of any
 * length end alike: all closed or all refused.
 */
function textOf([head, repeated, tail]: Shape, units: number, factor: number): string {
  const times = Math.max(12, Math.floor(units / repeated.length / 12) * 12);
  return head + repeated.repeat(times * factor) + tail;
}

/**
 * The shapes that take more than linear time: four times the text takes more than eight times the work. Work is the
 * least processor time of several runs. Only the ratio counts, so the machine's speed does not matter.
 */
export function worseThanLinear(shapes: readonly Shape[], work: (text: string) => void): Shape[] {
  const once = shapes.map((shape) => costOf(() => work(textOf(shape, SIZE, 4)), 1));
  const median = once.toSorted((a, b) => a - b)[once.length >> 1] ?? 0;
  // A shape that costs little more than the others at this size is not worse than linear.
  const suspects = shapes.filter((_, index) => (once[index] ?? 0) > 3 * median);
  return suspects.filter((shape) => [3, 10].every((runs) => growth(shape, work, runs) > 8));
}

/** UTF-16 units of the shorter text. The longer one has the maximum accepted length. */
const SIZE = 16_384;

/** µs. Below this, a single garbage collection decides the ratio; slow text takes many times as long. */
const MIN_COST = 4_000;

function growth(shape: Shape, work: (text: string) => void, runs: number): number {
  const small = textOf(shape, SIZE, 1);
  const large = textOf(shape, SIZE, 4);
  return (
    costOf(() => work(large), runs) /
    Math.max(
      MIN_COST,
      costOf(() => work(small), runs),
    )
  );
}

/** The least processor time of several runs, in µs. */
function costOf(run: () => void, runs: number): number {
  let least = Infinity;
  for (let count = 0; count < runs; count += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** Pieces that markup is made of, in either language, and text that has been slow to read somewhere. */
export const PIECES = [
  '*', '**', '***', '_', '__', '~~', '||', '`', '``', '```\n', '[', ']', '](', ')', '(', '![', '](https://a.b)', '](tg:)', '("', "'",
  '<', '>', '</', '<b>', '</b>', '<code>', '</code>', '<a href="', '"', '<a>', '</a>', '<!--', '<?', '<br>', '&', '&lt;', '&#', ';',
  '\\', '\n', '\n\n', ' ', '  \n', '\t', '> ', '- ', '* ', '1. ', '# ', '=\n', '-\n', '---\n', '|', '|-', '| ', 'a', 'b ', '. ', '!',
  'http://', 'tg://emoji?id=1', '$$', '\\(', '\\)', '[ ] ', '。', '「', '👍', '\u0301', '\u00a0', '\u200d', '\u200b', '\u2028', '\r\n', '\u0000', '\u202e', '\ufeff', '[a]: b\n',
] as const; // prettier-ignore

/** Text of `length` units: something, then one thing again and again, then something. */
export type Shape = readonly [head: string, repeated: string, tail: string];

/**
 * Repeats as often as fits `units`, and `factor` times that. The number can be divided by 12: texts with the same remainders end alike, all
 * closed or all refused.
 */
function textOf([head, repeated, tail]: Shape, units: number, factor: number): string {
  const times = Math.max(12, Math.floor(units / repeated.length / 12) * 12);
  return head + repeated.repeat(times * factor) + tail;
}

/**
 * Those of the shapes that take more than linear time: of four times the text more than eight times the work. Work is the processor's time,
 * the least of several runs. Only the ratio counts, so the speed of the machine does not matter.
 */
export function worseThanLinear(shapes: readonly Shape[], work: (text: string) => void): Shape[] {
  const once = shapes.map((shape) => costOf(() => work(textOf(shape, SIZE, 4)), 1));
  const median = once.toSorted((a, b) => a - b)[once.length >> 1] ?? 0;
  // What costs little more than others at this size cannot have grown out of proportion.
  const suspects = shapes.filter((_, index) => (once[index] ?? 0) > 3 * median);
  return suspects.filter((shape) => [3, 10].every((runs) => growth(shape, work, runs) > 8));
}

/** UTF-16 units of the shorter text. The longer one is as long as is accepted. */
const SIZE = 16_384;

/** µs. Below that a single collection of garbage decides the ratio; text that is slow takes many times as long. */
const LEAST_COST = 4_000;

function growth(shape: Shape, work: (text: string) => void, runs: number): number {
  const small = textOf(shape, SIZE, 1);
  const large = textOf(shape, SIZE, 4);
  return (
    costOf(() => work(large), runs) /
    Math.max(
      LEAST_COST,
      costOf(() => work(small), runs),
    )
  );
}

/** The least processor time of a run, in µs. */
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

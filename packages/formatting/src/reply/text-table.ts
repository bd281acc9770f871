import stringWidth from 'string-width';

export type Alignment = 'left' | 'right' | 'center';

/** A table that would be larger than this is not padded, since one wide cell would make every row as wide. */
const MAX_SIZE = 65_536;

/** Aligns a table in columns for a monospaced font, with a line under its header. Cells may have several lines. */
export function textTable(rows: readonly (readonly string[])[], aligns: readonly Alignment[]): string {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const lines = rows.map((row) =>
    Array.from({ length: columns }, (_, column) => (row[column] ?? '').split('\n')),
  );
  const heights = lines.map((row) => row.reduce((most, cell) => Math.max(most, cell.length), 1));
  const widths = Array.from({ length: columns }, (_, column) =>
    lines.reduce(
      (most, row) => (row[column] ?? []).reduce((width, line) => Math.max(width, widthOf(line)), most),
      0,
    ),
  );
  const size = sum(widths.map((width) => width + 3)) * sum(heights);
  const set = size <= MAX_SIZE ? widths : widths.map(() => 0);
  const [head = [], ...body] = lines.map((row, index) =>
    Array.from({ length: heights[index] ?? 1 }, (_, line) =>
      set
        .map((width, column) => padded(row[column]?.[line] ?? '', width, aligns[column] ?? 'left'))
        .join(' │ ')
        .trimEnd(),
    ),
  );
  const rule = set.map((width) => '─'.repeat(Math.max(1, width))).join('─┼─');
  return [...head, rule, ...body.flat()].join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Width in columns: a wide character takes two, a combining one none. */
function widthOf(text: string): number {
  return stringWidth(text, { countAnsiEscapeCodes: true });
}

function padded(text: string, width: number, align: Alignment): string {
  const space = width === 0 ? 0 : Math.max(0, width - widthOf(text));
  const before = align === 'right' ? space : align === 'center' ? space >> 1 : 0;
  return ' '.repeat(before) + text + ' '.repeat(space - before);
}

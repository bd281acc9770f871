import { text } from '@gateway/texts';
import { CsvError, parse } from 'csv-parse/browser/esm/sync';
import { ShownError } from '../shown-error.ts';

/** A row of a table, and the line of the file, from 1, at which it begins. */
export interface Row {
  line: number;
  cells: readonly string[];
}

/** A table whose first line names the columns. */
export interface Table {
  columns: readonly string[];
  rows: readonly Row[];
}

const SEPARATORS = [',', ';', '\t'];

/** Reads a table as spreadsheets save it: separated by commas, semicolons or tabs. @throws {ShownError} */
export function readTable(csv: string): Table {
  const lineEnd = csv.includes('\n') ? '\n' : '\r';
  const [columns, ...rows] = rowsOf(csv.replace(/^\uFEFF/, ''), lineEnd);
  if (columns === undefined || rows.length === 0)
    throw new ShownError(text('The file has no rows below its first line.'));
  return { columns: columns.cells.map((name) => name.trim()), rows };
}

function rowsOf(csv: string, lineEnd: string): Row[] {
  let line = 1;
  return parseCells(csv, lineEnd).flatMap((cells) => {
    const row = { line, cells };
    line += 1 + cells.reduce((sum, cell) => sum + cell.split(lineEnd).length - 1, 0);
    return cells.some((cell) => cell.trim() !== '') ? [row] : [];
  });
}

function parseCells(csv: string, lineEnd: string): string[][] {
  const header = csv.split(lineEnd).find((each) => each.trim() !== '') ?? '';
  const count = (separator: string) => header.split(separator).length;
  try {
    return parse(csv, {
      delimiter: SEPARATORS.reduce((best, next) => (count(next) > count(best) ? next : best)),
      record_delimiter: lineEnd === '\n' ? ['\r\n', '\n'] : ['\r'],
      relax_column_count: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ShownError(
      text('Line {line}: a quote is misplaced or not closed.', { line: Number(error['lines']) }),
    );
  }
}

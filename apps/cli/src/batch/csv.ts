import { CsvError, parse } from 'csv-parse/sync';
import { UsageError } from '../failure.ts';

export interface CsvRecord {
  /** The line, from 1, at which the record begins. */
  line: number;
  cells: string[];
}

export type Separator = ',' | ';' | '\t';

/** A first line that tells Excel the separator. */
const SEP_LINE = /^"?sep=([,;\t])"?(?:\r\n|\n|\r)/i;

const WHAT_IS_WRONG: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quote inside a quoted cell: double it',
  INVALID_OPENING_QUOTE: 'a quote in an unquoted cell',
};

/**
 * Parses a table as spreadsheets write it (RFC 4180). Quoted cells may contain separators, line ends and doubled
 * quotes. Lines end in LF, CRLF, or CR alone; empty lines are skipped.
 * @param separatorOf chooses the separator by the first line; a line `sep=;` before it takes precedence.
 * @throws {UsageError} with the line of a misplaced quote.
 */
export function parseCsv(text: string, separatorOf: (header: string) => Separator): CsvRecord[] {
  const sep = SEP_LINE.exec(text);
  const body = sep === null ? text : text.slice(sep[0].length);
  const firstLine = sep === null ? 1 : 2;
  const header = body.split(/\r\n|\n|\r/).find((line) => line.trim() !== '') ?? '';
  const delimiter = sep?.[1] ?? separatorOf(header);
  const lineEnd = body.includes('\n') ? '\n' : '\r';
  const records: CsvRecord[] = [];
  let line = firstLine;
  for (const cells of rowsOf(body, delimiter, lineEnd, firstLine)) {
    if (cells.some((cell) => cell.trim() !== '')) records.push({ line, cells });
    line += 1;
    for (const cell of cells) line += cell.split(lineEnd).length - 1;
  }
  return records;
}

function rowsOf(text: string, delimiter: string, lineEnd: string, firstLine: number): string[][] {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: lineEnd === '\n' ? ['\r\n', '\n'] : ['\r'],
      relax_column_count: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines']) + firstLine - 1;
    throw new UsageError(`line ${line}: ${WHAT_IS_WRONG[error.code] ?? error.message}`);
  }
}

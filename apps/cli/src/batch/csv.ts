import { UsageError } from '../failure.ts';

export interface CsvRecord {
  /** Of the file, from 1, where the record begins. */
  line: number;
  cells: string[];
}

/**
 * Reads comma-separated values (RFC 4180): cells may be quoted, and then hold commas, line ends and doubled quotes. Empty lines are left out.
 * @throws {UsageError} where a quote is not closed, or stands where none may.
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const record: CsvRecord = { line, cells: [] };
    for (;;) {
      const cell = readCell(text, at, line);
      record.cells.push(cell.value);
      line += cell.value.split('\n').length - 1;
      at = cell.end;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    at += 1;
    line += 1;
    if (record.cells.some((cell) => cell !== '')) records.push(record);
  }
  return records;
}

function readCell(text: string, start: number, line: number): { value: string; end: number } {
  const match = /"((?:[^"]|"")*)"(?=,|\r?\n|$)|[^",\r\n]*(?=,|\r?\n|$)/y;
  match.lastIndex = start;
  const [cell, quoted] = match.exec(text) ?? [];
  if (cell === undefined)
    throw new UsageError(`line ${line}: a quote is not closed, or stands in a cell that is not quoted`);
  return { value: quoted === undefined ? cell : quoted.replaceAll('""', '"'), end: start + cell.length };
}

import { UsageError } from '../failure.ts';
import { parseCsv, type CsvRecord, type Separator } from './csv.ts';
import { COLUMNS, FLAGS, REQUIRED, TEXTS } from './fields.ts';

/** The fields of one message, and its line in the file. */
export interface Fields {
  line: number;
  fields: Record<string, unknown>;
}

const SEPARATORS: readonly Separator[] = [',', ';', '\t'];
/** A long number that a spreadsheet has rounded and shows in scientific notation. */
const ROUNDED = /^\d+(?:[.,]\d+)?e[+-]?\d+$/i;

/**
 * Reads messages from a table. Its first line names the fields, in any case and order.
 * @param given fields set on the command line, which need no column.
 * @returns the messages, and the columns that are not fields.
 * @throws {UsageError} with the line.
 */
export function csvMessages(
  text: string,
  given: ReadonlySet<string>,
): { messages: Fields[]; ignored: string[] } {
  const [header, ...records] = parseCsv(text, separatorOf);
  if (header === undefined) return { messages: [], ignored: [] };
  const columns = columnsOf(header, given);
  return {
    messages: records.map((record) => messageOf(record, columns)),
    ignored: header.cells.flatMap((name, index) =>
      columns[index] === undefined && name.trim() !== '' ? [name.trim()] : [],
    ),
  };
}

/** The separator that yields the most known fields in the first line; a comma in a tie. */
function separatorOf(header: string): Separator {
  const count = (separator: Separator) =>
    header.split(separator).filter((name) => fieldOf(name.replaceAll('"', '')) !== undefined).length;
  return SEPARATORS.reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** The field of each column; `undefined` for a column that is not a field. */
function columnsOf({ line, cells }: CsvRecord, given: ReadonlySet<string>): (string | undefined)[] {
  const columns = cells.map(fieldOf);
  const twice = columns.find((name, index) => name !== undefined && columns.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`line ${line}: the column ${twice} occurs twice`);
  const missing = REQUIRED.filter((name) => !columns.includes(name) && !given.has(name));
  if (missing.length > 0)
    throw new UsageError(
      `line ${line}: has no column ${missing.join(', ')}. The first line must name the columns: ${COLUMNS.join(', ')}`,
    );
  return columns;
}

function fieldOf(name: string): string | undefined {
  const plain = name
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return COLUMNS.find((column) => column === plain);
}

function messageOf({ line, cells }: CsvRecord, columns: readonly (string | undefined)[]): Fields {
  if (cells.length > columns.length)
    throw new UsageError(
      `line ${line}: has ${cells.length} cells, and the first line has ${columns.length}: quote a cell that contains the separator`,
    );
  const fields = cells.flatMap((cell, index) => {
    const name = columns[index];
    return name === undefined || cell === '' ? [] : [[name, valueOf(name, cell, line)] as const];
  });
  return { line, fields: Object.fromEntries(fields) };
}

function valueOf(name: string, cell: string, line: number): unknown {
  const plain = cell.trim();
  if (name !== 'text' && ROUNDED.test(plain))
    throw new UsageError(
      `line ${line}: ${name} is ${plain}: a spreadsheet has rounded it. Format the column as text, and enter it again`,
    );
  if (TEXTS.includes(name)) return cell;
  if (FLAGS.includes(name)) {
    if (/^(?:true|false)$/i.test(plain)) return plain.toLowerCase() === 'true';
    throw new UsageError(`line ${line}: ${name} must be true or false, not ${plain}`);
  }
  if (/^\d{1,10}$/.test(plain)) return Number(plain);
  throw new UsageError(`line ${line}: ${name} must be a number, not ${plain}`);
}

import type { Message } from '@gateway/client';
import { UsageError } from '../failure.ts';
import { parseCsv } from './csv.ts';

/** A message of a file, and the line that it begins at, from 1. */
export interface BatchLine {
  line: number;
  message: Message;
}

/** What a message has that does not say so itself. */
export type Defaults = { [Field in keyof Message]?: Message[Field] | undefined };

const TEXTS = ['user_id', 'recipient_id', 'text', 'parse_mode', 'send_at', 'callback_url'];
const FLAGS = ['silent', 'link_preview', 'split'];
const NUMBERS = ['reply_to'];
const COLUMNS = [...TEXTS, ...FLAGS, ...NUMBERS];

/**
 * The messages of a `.jsonl` file (a JSON object a line, with the fields of a send) or a `.csv` file (the same names as its first line).
 * @throws {UsageError} at the first line that is none: nothing has been sent then.
 */
export function readBatch(name: string, text: string, defaults: Defaults): BatchLine[] {
  const isCsv = /\.csv$/i.test(name);
  if (!isCsv && !/\.(jsonl|ndjson)$/i.test(name))
    throw new UsageError(`${name} must be a .jsonl or .csv file`);
  const lines = isCsv ? csvLines(text) : jsonLines(text);
  if (lines.length === 0) throw new UsageError(`${name} holds no message`);
  return lines.map(({ line, fields }) => {
    const message = { ...withoutUndefined(defaults), ...fields };
    if (!isMessage(message))
      throw new UsageError(
        `line ${line}: user_id, recipient_id and text are needed (user_id may be given before --batch)`,
      );
    return { line, message };
  });
}

interface Fields {
  line: number;
  fields: Record<string, unknown>;
}

function jsonLines(text: string): Fields[] {
  return text.split('\n').flatMap((json, index) => {
    const line = index + 1;
    return json.trim() === '' ? [] : [{ line, fields: objectOf(json.replace(/^\uFEFF/, ''), line) }];
  });
}

function objectOf(json: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new UsageError(`line ${line}: is not a JSON object`);
}

function csvLines(text: string): Fields[] {
  const [header, ...records] = parseCsv(text);
  const columns = (header?.cells ?? []).map((name) => name.trim());
  const unknown = columns.find((name) => !COLUMNS.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `line 1: ${JSON.stringify(unknown)} is no column; columns are ${COLUMNS.join(', ')}`,
    );
  return records.map(({ line, cells }) => {
    if (cells.length > columns.length)
      throw new UsageError(`line ${line}: has more cells than the first line`);
    const given = cells.flatMap((cell, index) => {
      const name = columns[index];
      return name === undefined || cell === '' ? [] : [[name, valueOf(name, cell, line)] as const];
    });
    return { line, fields: Object.fromEntries(given) };
  });
}

function valueOf(name: string, cell: string, line: number): unknown {
  if (TEXTS.includes(name)) return cell;
  if (FLAGS.includes(name)) {
    if (cell === 'true' || cell === 'false') return cell === 'true';
    throw new UsageError(`line ${line}: ${name} must be true or false, not ${cell}`);
  }
  if (/^\d{1,10}$/.test(cell)) return Number(cell);
  throw new UsageError(`line ${line}: ${name} must be a number, not ${cell}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutUndefined(fields: Defaults): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** As far as it takes to send it; the gateway checks the rest. */
function isMessage(fields: Record<string, unknown>): fields is Record<string, unknown> & Message {
  const { user_id, recipient_id, text } = fields;
  const isRecipient = typeof recipient_id === 'string' || typeof recipient_id === 'number';
  return typeof user_id === 'string' && isRecipient && typeof text === 'string';
}

import type { OutgoingMessage } from '@gateway/client';
import { UsageError } from '../failure.ts';
import { csvMessages, type Fields } from './csv-messages.ts';

/** A message of a file, and the line, from 1, at which it begins. */
export interface BatchLine {
  line: number;
  message: OutgoingMessage;
}

export interface Batch {
  lines: BatchLine[];
  /** Warnings to show before the messages are sent. */
  notes: string[];
}

/** Values for the fields that a message does not set itself. */
export type Defaults = { [Field in keyof OutgoingMessage]?: OutgoingMessage[Field] | undefined };

/**
 * Reads the messages of a `.jsonl` file (one JSON object per line, with the fields of a send) or a `.csv` or `.tsv`
 * file (the same names in its first line). The whole file is read before anything is sent.
 * @throws {UsageError} at the first line that is not a message.
 */
export function readBatch(name: string, text: string, defaults: Defaults): Batch {
  const given = withoutUndefined(defaults);
  const { messages, ignored } = fieldsOf(name, text, new Set(Object.keys(given)));
  if (messages.length === 0) throw new UsageError(`${name} contains no message`);
  const lines = messages.map(({ line, fields }) => {
    const message = { ...given, ...fields };
    if (!isMessage(message))
      throw new UsageError(
        `line ${line}: user_id, recipient_id and text are needed (user_id may be given before --batch)`,
      );
    return { line, message };
  });
  const notes =
    ignored.length === 0 ? [] : [`Columns that are not fields are ignored: ${ignored.join(', ')}`];
  const damaged = lines.find(({ message }) => message.text?.includes('\uFFFD'));
  if (damaged !== undefined)
    notes.push(`line ${damaged.line}: the text contains \uFFFD: the file may have been converted wrongly`);
  return { lines, notes };
}

function fieldsOf(
  name: string,
  text: string,
  given: ReadonlySet<string>,
): { messages: Fields[]; ignored: string[] } {
  if (/\.(csv|tsv)$/i.test(name)) return csvMessages(text, given);
  if (/\.(jsonl|ndjson)$/i.test(name)) return { messages: jsonLines(text), ignored: [] };
  throw new UsageError(`${name} must be a .jsonl, .csv or .tsv file`);
}

function jsonLines(text: string): Fields[] {
  return text.split(text.includes('\n') ? '\n' : '\r').flatMap((json, index) => {
    const line = index + 1;
    return json.trim() === ''
      ? []
      : [{ line, fields: withoutNulls(objectOf(json.replace(/^\uFEFF/, ''), line)) }];
  });
}

/** As in the API, `null` means absent, so that the value of the command line applies. */
function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function objectOf(json: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (isObject(value)) return value;
  } catch {
    // The error below names the line.
  }
  const hint = json.trimStart().startsWith('[') ? ': write one object on each line, not an array' : '';
  throw new UsageError(`line ${line}: is not a JSON object${hint}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutUndefined(fields: Defaults): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What a message of a `.jsonl` file can have in place of a text. */
const OTHER_CONTENTS = ['media', 'location', 'contact', 'poll'];

/** Checks only what sending requires; the gateway checks the rest. */
function isMessage(fields: Record<string, unknown>): fields is Record<string, unknown> & OutgoingMessage {
  const { user_id, recipient_id, text } = fields;
  const hasOther = text === undefined && OTHER_CONTENTS.some((name) => name in fields);
  const isRecipient = typeof recipient_id === 'string' || typeof recipient_id === 'number';
  return typeof user_id === 'string' && isRecipient && (typeof text === 'string' || hasOther);
}

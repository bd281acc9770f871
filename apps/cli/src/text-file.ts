import { readFile, stat } from 'node:fs/promises';
import { UsageError } from './failure.ts';

const MAX_BYTES = 128 * 2 ** 20;
const HINT = 'save the file as UTF-8';
/**
 * UTF-16 without a byte order mark is full of NULs. ISO-2022-JP and related encodings switch to two-byte characters by
 * `ESC $`.
 */
// oxlint-disable-next-line no-control-regex
const FOREIGN = /\0|\u001b\$/;

/** Reads a text file. @throws {UsageError} if it cannot be read, is not text, or has another encoding. */
export async function readTextFile(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    if ((await stat(path)).size > MAX_BYTES) throw new Error('it is over 128 MiB: split it');
    bytes = await readFile(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return decodeText(bytes, path);
}

/**
 * Decodes text in UTF-8, or in UTF-16 with a byte order mark, and drops the mark.
 * @param name the file's name, for error messages.
 * @throws {UsageError} that names the first line in another encoding: decoding it anyway would send garbage to people.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const text = isUtf16(bytes) ? decodeUtf16(bytes, name) : decodeUtf8(bytes, name);
  const stray = FOREIGN.exec(text);
  if (stray !== null)
    throw new UsageError(
      `${name}, line ${lineAt(text, stray.index)}: ${stray[0] === '\0' ? 'contains a NUL character, so it is not text in UTF-8' : 'is not UTF-8 (it may be ISO-2022-JP)'}: ${HINT}`,
    );
  return text;
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(
      `${name}, line ${firstBadLine(bytes)}: is not UTF-8 (it may be Windows-1251 or another old encoding): ${HINT}`,
    );
  }
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function decodeUtf16(bytes: Uint8Array, name: string): string {
  const encoding = bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder(encoding).decode(bytes);
    const line = lineAt(text, text.indexOf('\uFFFD'));
    throw new UsageError(`${name}, line ${line}: is broken UTF-16: ${HINT}`);
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line + crOnlyLines(bytes.subarray(start, end));
    }
    start = end;
  }
  return line;
}

/** Counts lines ended by CR: a file that has only CRs is one piece. */
function crOnlyLines(piece: Uint8Array): number {
  const broken = Buffer.from(piece).toString('utf8');
  return broken.slice(0, broken.indexOf('\uFFFD')).split('\r').length - 1;
}

/** The line number at `index`. Lines end in LF, CRLF or CR. */
function lineAt(text: string, index: number): number {
  return text.slice(0, index).split(/\r\n|\n|\r/).length;
}

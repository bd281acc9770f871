import { GatewayError } from '@gateway/contracts';
import { Pauses } from '@gateway/runtime';
import { validationError } from '../http/validation.ts';
import { JsonScan, type Span } from './json-scan.ts';

/** Maximum nesting depth of objects and lists. A tool schema for an assistant has about 20. */
const MAX_DEPTH = 64;
/** Maximum number of commas and colons: twice those of a batch of 1,000 messages with every field set. */
const MAX_SEPARATORS = 50_000;
/** Maximum total bytes of all field names. Those of such a batch take 120 KB. */
const MAX_NAME_BYTES = 1024 * 1024;
/** Bytes scanned per turn of the event loop. A body of at most this size is parsed as a whole. */
const PIECE = 256 * 1024;

export interface ParsedJson {
  value: unknown;
  /** Whether a string or a field name may contain half a surrogate pair. */
  mayHoldHalfPair: boolean;
}

/**
 * Parses a body. First checks its depth and number of fields, because V8 takes seconds to parse millions of either.
 * @throws {GatewayError} `MALFORMED_JSON`, `VALIDATION`.
 */
export async function parseJson(bytes: Uint8Array): Promise<ParsedJson> {
  if (bytes.byteLength === 0)
    throw new GatewayError('MALFORMED_JSON', 'The body is empty: send a JSON object.');
  const pauses = new Pauses();
  const scan = new JsonScan();
  for (let from = 0; from < bytes.byteLength; from += PIECE) {
    if (from > 0) await pauses.pause();
    scan.add(bytes, from, Math.min(bytes.byteLength, from + PIECE));
  }
  if (scan.open !== 0) throw new GatewayError('MALFORMED_JSON');
  refuseShape(scan);
  try {
    const value = bytes.byteLength <= PIECE ? parse(bytes) : await parseItems(bytes, scan.items, pauses);
    return { value, mayHoldHalfPair: scan.mayHoldHalfPair };
  } catch (error) {
    throw new GatewayError('MALFORMED_JSON', undefined, { cause: error });
  }
}

function refuseShape({ depth, separators, nameBytes }: JsonScan): void {
  if (depth > MAX_DEPTH) throw bodyError(`must not be nested more than ${MAX_DEPTH} levels deep`);
  if (separators > MAX_SEPARATORS || nameBytes > MAX_NAME_BYTES)
    throw bodyError(`must not hold more than ${MAX_SEPARATORS / 2} fields: send less in one request`);
}

function bodyError(message: string): GatewayError {
  return validationError([{ path: 'body', message }]);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(UTF8.decode(bytes)) as unknown;
}

/**
 * Parses the items of the outermost object's lists one by one, with pauses. Then parses the rest, in which a number
 * stands for each item.
 * @throws {SyntaxError} if the text is not JSON.
 */
async function parseItems(bytes: Uint8Array, items: readonly Span[], pauses: Pauses): Promise<unknown> {
  await pauses.pause();
  const values: unknown[] = [];
  const rest: Uint8Array[] = [];
  let end = 0;
  for (const [from, to] of items) {
    rest.push(bytes.subarray(end, from));
    end = to;
    // An empty list. Any other blank item is an error, which the parser finds in the rest.
    if (isBlankBetween(bytes, from, to)) continue;
    rest.push(Buffer.from(String(values.length)));
    values.push(parse(bytes.subarray(from, to)));
    await pauses.pause();
  }
  rest.push(bytes.subarray(end));
  const outer = parse(Buffer.concat(rest));
  if (typeof outer !== 'object' || outer === null || Array.isArray(outer)) return outer;
  const withItems = Object.entries(outer).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((index: number) => values[index]) : value,
  ]);
  return Object.fromEntries(withItems) as unknown;
}

function isBlankBetween(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (!BLANKS.has(bytes[index] ?? 0)) return false;
  return true;
}

const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

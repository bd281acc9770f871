import { GatewayError } from '@gateway/contracts';
import { Pauses } from '@gateway/runtime';
import { validationError } from '../http/validation.ts';
import { JsonScan, type ScannedItem } from './json-scan.ts';

/** Maximum nesting depth of objects and lists. A tool schema for an assistant has about 20. */
const MAX_DEPTH = 64;
/** Maximum number of commas and colons, and total bytes of all field names, in a text that is parsed at once. */
const MAX_SEPARATORS = 50_000;
const MAX_NAME_BYTES = 1024 * 1024;
/** Maximum number of commas and colons of a batch. One of 8 MiB that is full of entities has 1.4 million. */
const MAX_BATCH_SEPARATORS = 2_000_000;
/** Bytes scanned per turn of the event loop. A body of at most this size is parsed as a whole. */
const PIECE = 256 * 1024;

export interface ParsedJson {
  value: unknown;
  /** Whether a string or a field name may contain half a surrogate pair. */
  mayHoldHalfPair: boolean;
}

/**
 * Parses a body. First checks its depth and number of values, because V8 takes seconds to parse millions of either.
 * @throws {GatewayError} `MALFORMED_JSON`, `VALIDATION`.
 */
export async function parseJson(bytes: Uint8Array): Promise<ParsedJson> {
  return parseWithin(bytes, refuseShape);
}

/**
 * Like {@link parseJson}, but limits each item of the outermost object's lists alone. An item above the limit becomes
 * a {@link GatewayError}, so that only it is refused.
 */
export async function parseBatchJson(bytes: Uint8Array): Promise<ParsedJson> {
  return parseWithin(bytes, refuseBatchShape);
}

async function parseWithin(bytes: Uint8Array, refuse: (scan: JsonScan) => void): Promise<ParsedJson> {
  if (bytes.byteLength === 0)
    throw new GatewayError('MALFORMED_JSON', 'The body is empty: send a JSON object.');
  const pauses = new Pauses();
  const scan = new JsonScan();
  for (let from = 0; from < bytes.byteLength; from += PIECE) {
    if (from > 0) await pauses.pause();
    scan.add(bytes, from, Math.min(bytes.byteLength, from + PIECE));
  }
  if (scan.open !== 0) throw new GatewayError('MALFORMED_JSON');
  if (scan.depth > MAX_DEPTH) throw bodyError(`must not be nested more than ${MAX_DEPTH} levels deep`);
  refuse(scan);
  const isSmall = bytes.byteLength <= PIECE && isQuick(scan);
  try {
    const value = isSmall ? parse(bytes) : await parseItems(bytes, scan.items, pauses);
    return { value, mayHoldHalfPair: scan.mayHoldHalfPair };
  } catch (error) {
    throw new GatewayError('MALFORMED_JSON', undefined, { cause: error });
  }
}

/** Whether V8 parses the text quickly. */
function isQuick({ separators, nameBytes }: Pick<JsonScan, 'separators' | 'nameBytes'>): boolean {
  return separators <= MAX_SEPARATORS && nameBytes <= MAX_NAME_BYTES;
}

function refuseShape(scan: JsonScan): void {
  if (!isQuick(scan)) throw tooMany(MAX_SEPARATORS);
}

function refuseBatchShape({ separators, outerSeparators, outerNameBytes }: JsonScan): void {
  if (separators > MAX_BATCH_SEPARATORS) throw tooMany(MAX_BATCH_SEPARATORS);
  if (!isQuick({ separators: outerSeparators, nameBytes: outerNameBytes })) throw tooMany(MAX_SEPARATORS);
}

/** An object's field counts as two values: its name is one. */
function tooMany(separators: number): GatewayError {
  return bodyError(`must not hold more than ${separators} values and field names: send less in one request`);
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
async function parseItems(
  bytes: Uint8Array,
  items: readonly ScannedItem[],
  pauses: Pauses,
): Promise<unknown> {
  await pauses.pause();
  const values: unknown[] = [];
  const rest: Uint8Array[] = [];
  let end = 0;
  for (const item of items) {
    const { from, to } = item;
    rest.push(bytes.subarray(end, from));
    end = to;
    // An empty list. Any other blank item is an error, which the parser finds in the rest.
    if (isBlankBetween(bytes, from, to)) continue;
    rest.push(Buffer.from(String(values.length)));
    values.push(isQuick(item) ? parse(bytes.subarray(from, to)) : tooMany(MAX_SEPARATORS));
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

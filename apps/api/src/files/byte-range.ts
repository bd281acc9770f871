/** Bytes of a file, both ends included. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface RangeRequest {
  range: string | undefined;
  ifRange: string | undefined;
  etag: string;
  /** Bytes of the whole file. */
  size: number;
}

/** One range of bytes: from a first to a last one, to the end, or so many at the end. */
const ONE_RANGE = /^bytes=\s*(?:(?<first>\d+)\s*-\s*(?<last>\d*)|-\s*(?<suffix>\d+))\s*$/i;

/**
 * The only range of a `Range` header. `whole`: there is none, it cannot be understood, it names several ranges, or the
 * file has changed since; the answer has all bytes then, as RFC 9110 allows.
 */
export function byteRangeOf({
  range,
  ifRange,
  etag,
  size,
}: RangeRequest): ByteRange | 'whole' | 'unsatisfiable' {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return 'whole';
  const { first, last, suffix } = ONE_RANGE.exec(range)?.groups ?? {};
  if (suffix !== undefined) return lastBytes(Number(suffix), size);
  if (first === undefined) return 'whole';
  const start = Number(first);
  const end = last ? Number(last) : Infinity;
  if (end < start) return 'whole';
  return start < size ? { start, end: Math.min(end, size - 1) } : 'unsatisfiable';
}

function lastBytes(count: number, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  if (count === 0) return 'unsatisfiable';
  return size === 0 ? 'whole' : { start: Math.max(0, size - count), end: size - 1 };
}

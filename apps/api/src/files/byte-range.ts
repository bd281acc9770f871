import parseRange from 'range-parser';

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
  const ranges = parseRange(size, range);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return 'whole';
  return ranges[0] ?? 'whole';
}

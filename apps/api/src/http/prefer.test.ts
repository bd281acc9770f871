import { describe, expect, test } from 'vitest';
import { parsePrefer } from './prefer.ts';

describe('parsePrefer', () => {
  test.each([
    [undefined, 10_000, null],
    ['', 10_000, null],
    ['respond-async', 0, 'respond-async'],
    ['Respond-Async', 0, 'respond-async'],
    ['respond-async=""', 0, 'respond-async'],
    ['respond-async; foo="a,b"', 0, 'respond-async'],
    ['wait=5', 5_000, 'wait=5'],
    ['wait = "5"', 5_000, 'wait=5'],
    ['WAIT=0', 0, 'wait=0'],
    ['wait=60', 60_000, 'wait=60'],
    ['wait=61', 60_000, 'wait=60'],
    ['wait=999999999', 60_000, 'wait=60'],
    ['respond-async, wait=7', 7_000, 'respond-async, wait=7'],
    ['wait=7,respond-async', 7_000, 'respond-async, wait=7'],
    ['handling=lenient, wait=3', 3_000, 'wait=3'],
    ['foo="x, wait=9", wait=3', 3_000, 'wait=3'],
    ['foo="a\\", wait=9", wait=3', 3_000, 'wait=3'],
    ['wait=3, wait=9', 3_000, 'wait=3'],
    [',, wait=3 ,', 3_000, 'wait=3'],
  ])('takes %j as %d ms, applied: %j', (header, waitMs, applied) => {
    expect(parsePrefer(header, 10_000)).toEqual({ waitMs, applied });
  });

  test.each([
    'wait',
    'wait=',
    'wait=-1',
    'wait=1.5',
    'wait=ten',
    'wait=1e3',
    'respond-async=yes',
    '"',
    '=5',
    `x="${'\\"'.repeat(9_000)}`,
  ])('ignores %j', (header) => {
    expect(parsePrefer(header, 10_000)).toEqual({ waitMs: 10_000, applied: null });
  });
});

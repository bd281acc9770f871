import { expect, test } from 'vitest';
import { waitBefore } from './retry.ts';

test('waits grow at random up to a limit', () => {
  expect([1, 2, 3, 20].map((tries) => waitBefore(tries, 500, null, 1))).toEqual([500, 1_000, 2_000, 30_000]);
  expect(waitBefore(1, 500, null, 0)).toBe(250);
});

test('no retry comes earlier than the gateway asked', () => {
  expect(waitBefore(1, 500, 7, 0)).toBe(7_000);
  expect(waitBefore(6, 500, 1, 1)).toBe(16_000);
});

test('a wait that is too long is left to the caller', () => {
  expect(waitBefore(1, 500, 31, 0)).toBeNull();
});

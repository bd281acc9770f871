import { expect, test } from 'vitest';
import { median, quantile } from './samples.ts';

test.each([
  [[3], 3],
  [[9, 1], 5],
  [[9, 1, 2], 2],
  [[4, 1, 9, 2], 3],
  [[5, 4, 3, 2, 1], 3],
])('the median of %j is %d', (samples, middle) => {
  expect(median(samples)).toBe(middle);
});

test('the median of no samples is NaN', () => {
  expect(median([])).toBeNaN();
  expect(quantile([], 0.5)).toBeNaN();
});

test('a quantile is a sample that the given part of the samples lies below', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 99 - index);
  expect([quantile(samples, 0), quantile(samples, 0.99), quantile(samples, 1)]).toEqual([0, 99, 99]);
});

import { expect, test } from 'vitest';
import { timeIn } from './time-in.ts';

test.each([
  ['2030-01-31T09:00Z', '2030-01-31T09:00:00.000Z'],
  ['2030-01-31 09:00:30.5 +03:00', '2030-01-31T06:00:30.500Z'],
  ['2028-02-29t23:59z', '2028-02-29T23:59:00.000Z'],
  ['2030-07-01T09:00', new Date(2030, 6, 1, 9).toISOString()],
])('%s is a time', (cell, at) => {
  expect(timeIn(cell)).toBe(at);
});

test.each([
  '01.02.2030 09:00',
  '1/2/2030 09:00',
  '9',
  '2030-01-31',
  '2030-02-30T09:00Z',
  '2030-02-30T09:00',
  '2027-02-29T09:00Z',
  '2030-13-01T09:00Z',
  '2030-01-31T24:00Z',
  '2030-01-31T09:60Z',
  '2030-01-31T09:00+99:00',
  'tomorrow',
])('%s is none, and is not sent at another time', (cell) => {
  expect(timeIn(cell)).toBeNull();
});

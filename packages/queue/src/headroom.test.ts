import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Headroom } from './headroom.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('gives out a tenth of the room that was counted, and no more', () => {
  const headroom = new Headroom();
  headroom.note('alice', 100);
  expect(headroom.take('alice', 6)).toBe(true);
  expect(headroom.take('alice', 5)).toBe(false);
  expect(headroom.take('alice', 4)).toBe(true);
  expect(headroom.take('alice', 1)).toBe(false);
});

test('an account that was not counted, or is near its limit, is counted', () => {
  const headroom = new Headroom();
  expect(headroom.take('alice', 1)).toBe(false);
  headroom.note('alice', 9);
  expect(headroom.take('alice', 1)).toBe(false);
  headroom.note('alice', -5);
  expect(headroom.take('alice', 1)).toBe(false);
});

test('a count is good for a second', () => {
  const headroom = new Headroom();
  headroom.note('alice', 1_000);
  vi.advanceTimersByTime(999);
  expect(headroom.take('alice', 1)).toBe(true);
  vi.advanceTimersByTime(1);
  expect(headroom.take('alice', 1)).toBe(false);
});

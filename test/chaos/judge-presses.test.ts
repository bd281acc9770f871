import { expect, test } from 'vitest';
import { judgePresses } from './judge-presses.ts';

const posted = (data: string) => ({ from: 1, data, number: 1 });
const press = (data: string, end: 'completed' | 'failed' | 'unknown') => ({
  ...posted(data),
  jobId: 'j',
  acceptedAt: 0,
  end,
});
const got = (...data: string[]) => data.map((each) => ({ from: 1, data: each }));

test('a completed press has reached the bot once', () => {
  expect(judgePresses([press('a', 'completed')], got('a'))).toEqual([]);
  expect(judgePresses([press('a', 'completed')], [])).toEqual(['1, a: pressed 0 times, by 1 to 1 presses']);
  expect(judgePresses([press('a', 'completed')], got('a', 'a'))).toHaveLength(1);
});

test('a press of unknown outcome has reached it at most once, one that failed or was not asked for never', () => {
  for (const pressed of [[], ['a']])
    expect(judgePresses([press('a', 'unknown')], got(...pressed))).toEqual([]);
  expect(judgePresses([press('a', 'unknown')], got('a', 'a'))).toHaveLength(1);
  expect(judgePresses([press('a', 'failed')], got('a'))).toHaveLength(1);
  expect(judgePresses([], got('a'))).toHaveLength(1);
  expect(judgePresses([], got('a'), [posted('a')])).toEqual([]);
});

test('presses of one button, and of others, are counted apart', () => {
  const twice = [press('a', 'completed'), press('a', 'unknown'), press('b', 'completed')];
  expect(judgePresses(twice, got('a', 'b'))).toEqual([]);
  expect(judgePresses(twice, got('a', 'a', 'b'))).toEqual([]);
  expect(judgePresses(twice, got('a', 'b', 'b'))).toHaveLength(1);
});

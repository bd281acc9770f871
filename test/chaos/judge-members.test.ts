import { expect, test } from 'vitest';
import { judgeMembers } from './judge-members.ts';

const posted = (kind: 'join' | 'leave', number: number) => ({ from: 1, kind, number });
const change = (kind: 'join' | 'leave', number: number, end: 'completed' | 'unknown' = 'completed') => ({
  ...posted(kind, number),
  jobId: 'j',
  acceptedAt: 0,
  end,
});

test('the last completed join or leave says who is a member, in whatever order they ended', () => {
  const accepted = [change('join', 3), change('leave', 2), change('join', 1)];
  expect(judgeMembers(accepted, [1])).toEqual([]);
  expect(judgeMembers(accepted, [])).toEqual(['1 is no member after join 3']);
  expect(judgeMembers([change('leave', 1)], [1])).toEqual(['1 is a member after leave 1']);
});

test('a later one of unknown outcome may have taken effect, an earlier one not', () => {
  for (const members of [[], [1]])
    expect(judgeMembers([change('join', 1), change('leave', 2, 'unknown')], members)).toEqual([]);
  expect(judgeMembers([change('join', 2), change('leave', 1, 'unknown')], [])).toHaveLength(1);
  for (const members of [[], [1]]) expect(judgeMembers([], members, [posted('join', 1)])).toEqual([]);
});

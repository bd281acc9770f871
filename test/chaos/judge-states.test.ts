import { expect, test } from 'vitest';
import { judgeStates, type AcceptedState } from './judge-states.ts';
import type { ArrivedMessage } from './judge.ts';

const MESSAGE: ArrivedMessage = { id: 7, from: 1, to: 2, text: '[a1-0#3] 1 text', at: 0, edited: false };

function change(
  number: number,
  value: string,
  end: AcceptedState['end'] = 'completed',
  kind: AcceptedState['kind'] = 'reaction',
): AcceptedState {
  return { kind, value, initial: '', number, end, chat: 'a1-0', seq: 3, jobId: 'j', acceptedAt: 0 };
}

test.each([
  ['the last of two', [change(1, '👍'), change(2, '🔥')], { reaction: '🔥' }],
  ['one that was taken back', [change(1, '👍'), change(2, '')], { reaction: '' }],
  ['an unknown outcome after it', [change(1, '👍'), change(2, '🔥', 'unknown')], { reaction: '🔥' }],
  ['an unknown outcome without effect', [change(1, '👍', 'unknown')], {}],
  [
    'a pin beside a reaction',
    [change(1, '👍'), change(2, 'pinned', 'completed', 'pin')],
    { reaction: '👍', pinned: true },
  ],
  ['another file', [change(1, 'abc', 'completed', 'file')], { sha256: 'abc' }],
  ['a message that was deleted later', [change(1, '👍')], { deleted: true }],
  ['a copy, which has none', [change(1, '👍', 'failed')], { forwarded: true }],
])('finds no fault in %s', (_what, accepted, shown) => {
  expect(judgeStates(accepted, [{ ...MESSAGE, ...shown }])).toEqual([]);
});

test.each([
  ['a change that is lost', [change(1, '👍')], {}],
  ['a change that an earlier one has undone', [change(1, '👍'), change(2, '🔥')], { reaction: '👍' }],
  ['an unknown outcome before it', [change(1, '👍', 'unknown'), change(2, '🔥')], { reaction: '👍' }],
  ['a pin that is lost', [change(1, 'pinned', 'completed', 'pin')], { reaction: '👍' }],
  ['the former file', [change(1, 'abc', 'completed', 'file')], { sha256: 'def' }],
])('finds %s', (_what, accepted, shown) => {
  expect(judgeStates(accepted, [{ ...MESSAGE, ...shown }])).toHaveLength(1);
});

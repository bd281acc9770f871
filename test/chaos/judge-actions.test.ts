import { expect, test } from 'vitest';
import { judgeActions, type AcceptedAction } from './judge-actions.ts';
import type { ArrivedMessage } from './judge.ts';

const ORIGINAL: ArrivedMessage = { id: 7, from: 1, to: 2, text: '[a1-0#3] 1 text', at: 0, edited: false };
const COPY = { ...ORIGINAL, id: 8, to: 1, forwarded: true };
/** The second message of the same send. */
const SECOND = { ...ORIGINAL, id: 9, text: '[a1-0#3] 2 text' };
const DELETED = { ...ORIGINAL, deleted: true };

function action(kind: AcceptedAction['kind'], end: AcceptedAction['end'] = 'completed'): AcceptedAction {
  return { kind, end, chat: 'a1-0', seq: 3, number: 1, jobId: 'j', acceptedAt: 0 };
}

test.each([
  ['a forward that took effect once', [action('forward')], [ORIGINAL, COPY]],
  ['a delete that took effect', [action('delete')], [DELETED]],
  [
    'a forward of two messages',
    [action('forward')],
    [ORIGINAL, SECOND, COPY, { ...COPY, id: 10, text: SECOND.text }],
  ],
  ['nothing that was asked for', [], [ORIGINAL]],
  ['an unknown outcome, either way', [action('forward', 'unknown'), action('delete', 'unknown')], [ORIGINAL]],
  ['an unknown outcome that took effect', [action('forward', 'unknown')], [ORIGINAL, COPY]],
])('finds no fault in %s', (_what, accepted, arrived) => {
  expect(judgeActions(accepted, arrived)).toEqual([]);
});

test.each([
  ['a forward that is missing', [action('forward')], [ORIGINAL]],
  ['a forward that took effect twice', [action('forward')], [ORIGINAL, COPY, COPY]],
  ['a forward that failed and took effect', [action('forward', 'failed')], [ORIGINAL, COPY]],
  ['a forward of one of two messages', [action('forward')], [ORIGINAL, SECOND, COPY]],
  ['a delete of one of two messages', [action('delete')], [DELETED, SECOND]],
  ['a delete without effect', [action('delete')], [ORIGINAL]],
  ['a delete that nobody asked for', [], [DELETED]],
])('finds %s', (_what, accepted, arrived) => {
  expect(judgeActions(accepted, arrived)).toHaveLength(1);
});

import { expect, test } from 'vitest';
import type { ChangeJob } from './change-job.ts';
import { judgeReads, type PostedRead } from './judge-reads.ts';
import type { ArrivedMessage } from './judge.ts';

const GROUP = -100;

function message(from: number, seq: number, more: Partial<ArrivedMessage> = {}): ArrivedMessage {
  return { id: seq, from, to: GROUP, text: `[a${from}-0#${seq}] 1 text`, at: 0, edited: false, ...more };
}

function read(seq: number, end: ChangeJob['end'] = 'completed'): PostedRead & ChangeJob {
  return { chat: 'a1-0', seq, from: 1, to: GROUP, number: 1, jobId: 'j', acceptedAt: 0, end };
}

/** One message of another account before account 1 writes, and two after it. */
const ARRIVED = [message(2, 1), message(1, 1), message(2, 2), message(3, 1)];

test.each([
  ['everything before it is read', [read(1)], 2],
  ['more is read than was asked for', [read(1)], 0],
  ['its outcome is unknown', [read(1, 'unknown')], 3],
])('finds no fault if %s', (_what, accepted, unread) => {
  expect(judgeReads(accepted, ARRIVED, new Map([[`1 ${GROUP}`, unread]]))).toEqual([]);
});

test('finds a read that is lost', () => {
  expect(judgeReads([read(1)], ARRIVED, new Map([[`1 ${GROUP}`, 3]]))).toHaveLength(1);
});

import { describe, expect, test } from 'vitest';
import { judgeEdits, type AcceptedEdit } from './judge-edits.ts';
import { judge, type ArrivedMessage } from './judge.ts';

const LABEL = { chat: 'a1-0', seq: 1 };
const ORIGINAL = '[a1-0#1] 1 text';

function accepted(edit: number, end: AcceptedEdit['end'] = 'completed'): AcceptedEdit {
  return { ...LABEL, edit, messageId: 101, text: textOf(edit), jobId: `job-${edit}`, acceptedAt: 0, end };
}

function textOf(edit: number): string {
  return `[a1-0#1] edit ${edit} words`;
}

function arrived(text: string, more: Partial<ArrivedMessage> = {}): ArrivedMessage[] {
  return [{ id: 101, from: 1, to: 2, text, at: 1_000, edited: text !== ORIGINAL, ...more }];
}

function counts(...of: Parameters<typeof judgeEdits>): Record<string, number> {
  const entries = Object.entries(judgeEdits(...of)).map(([name, list]) => [name, list.length] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

describe('the judge of edits', () => {
  test('finds nothing if a message has the text of its last edit', () => {
    expect(counts([accepted(1), accepted(2)], arrived(textOf(2)))).toEqual({});
    expect(counts([], arrived(ORIGINAL))).toEqual({});
  });

  test('counts a completed edit whose text the message lacks', () => {
    expect(counts([accepted(1)], arrived(ORIGINAL))).toEqual({ lost: 1 });
  });

  test('counts a completed edit that an earlier one has undone', () => {
    expect(counts([accepted(1), accepted(2)], arrived(textOf(1)))).toEqual({ lost: 1 });
    expect(counts([accepted(1, 'unknown'), accepted(2)], arrived(textOf(1)))).toEqual({
      lost: 1,
      unknown: 1,
    });
  });

  test('accepts either text if the outcome is unknown, and counts such edits apart', () => {
    for (const text of [textOf(1), textOf(2)])
      expect(counts([accepted(1), accepted(2, 'unknown')], arrived(text))).toEqual({ unknown: 1 });
    for (const text of [ORIGINAL, textOf(2)])
      expect(counts([], arrived(text), [accepted(2, null)])).toEqual({});
  });

  test('counts a text of a failed edit, of one that nobody posted, and one that differs', () => {
    expect(counts([accepted(1, 'failed')], arrived(textOf(1)))).toEqual({ wrong: 1 });
    expect(counts([], arrived(textOf(1)))).toEqual({ wrong: 1 });
    expect(counts([accepted(1)], arrived(`${textOf(1)}!`))).toEqual({ wrong: 1 });
    expect(counts([accepted(1)], arrived(textOf(1), { edited: false }))).toEqual({ wrong: 1 });
  });

  test('an edited message still counts as sent, and as doubled if there are two', () => {
    const sent = { ...LABEL, from: 1, to: 2, text: ORIGINAL, jobId: 'job', acceptedAt: 0, messageId: 101 };
    expect(judge([sent], arrived(textOf(1)))).toMatchObject({ lost: [], damaged: [], unaccepted: [] });
    const two = [...arrived(textOf(1)), ...arrived(ORIGINAL, { id: 102 })];
    expect(judge([sent], two).doubled).toHaveLength(1);
  });
});

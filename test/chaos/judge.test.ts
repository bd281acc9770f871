import { describe, expect, test } from 'vitest';
import { judge, type AcceptedMessage, type ArrivedMessage, type Verdict } from './judge.ts';

const CHAT = 'a1-0';

function accepted(seq: number, more: Partial<AcceptedMessage> = {}): AcceptedMessage {
  const text = `[${CHAT}#${seq}] 1 text`;
  return {
    chat: CHAT,
    seq,
    from: 1,
    to: 2,
    text,
    jobId: `job-${seq}`,
    acceptedAt: 0,
    messageId: null,
    ...more,
  };
}

function arrived(seq: number, more: Partial<ArrivedMessage> = {}): ArrivedMessage {
  return {
    id: 100 + seq,
    from: 1,
    to: 2,
    text: `[${CHAT}#${seq}] 1 text`,
    at: 1_000 + seq,
    edited: false,
    ...more,
  };
}

function counts({ arrivals: _arrivals, ...verdict }: Verdict): Record<string, number> {
  const entries = Object.entries(verdict).map(([name, list]) => [name, list.length] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

describe('the judge', () => {
  test('finds nothing if each message arrived once, in order, with its id', () => {
    const verdict = judge([accepted(1, { messageId: 101 }), accepted(2)], [arrived(1), arrived(2)]);
    expect(counts(verdict)).toEqual({});
    expect(verdict.arrivals).toEqual(
      new Map([
        ['a1-0#1', 1_001],
        ['a1-0#2', 1_002],
      ]),
    );
  });

  test('counts a message that did not arrive', () => {
    expect(counts(judge([accepted(1), accepted(2)], [arrived(2)]))).toEqual({ lost: 1 });
  });

  test('counts a message that arrived again, once for each repeat', () => {
    const verdict = judge([accepted(1)], [arrived(1), arrived(1, { id: 102 }), arrived(1, { id: 103 })]);
    expect(counts(verdict)).toEqual({ doubled: 2 });
  });

  test('counts each message that was overtaken in its chat', () => {
    const verdict = judge(
      [1, 2, 3].map((seq) => accepted(seq)),
      [arrived(3), arrived(1), arrived(2)],
    );
    expect(counts(verdict)).toEqual({ outOfOrder: 2 });
  });

  test('accepts that other chats overtake', () => {
    const other = accepted(1, { chat: 'a1-1', to: 3, text: '[a1-1#1] 1 text' });
    const { text, to } = other;
    const there = [arrived(2), arrived(1, { text, to }), arrived(3)];
    expect(counts(judge([accepted(2), other, accepted(3)], there))).toEqual({});
  });

  test('counts messages that were not accepted, have no label, or have a wrong sender or recipient', () => {
    expect(counts(judge([], [arrived(1), arrived(2, { text: 'hello' })]))).toEqual({ unaccepted: 2 });
    expect(counts(judge([accepted(1)], [arrived(1, { to: 3 })]))).toEqual({ unaccepted: 1, lost: 1 });
    expect(counts(judge([accepted(1)], [arrived(1, { from: 3 })]))).toEqual({ unaccepted: 1, lost: 1 });
  });

  test('accepts an undecided message, whether it arrived or not, but only once', () => {
    const undecided = [accepted(1)];
    expect(counts(judge([], [arrived(1)], undecided))).toEqual({});
    expect(counts(judge([], [], undecided))).toEqual({});
    expect(counts(judge([], [arrived(1), arrived(1)], undecided))).toEqual({ doubled: 1 });
  });

  test('counts a message id that differs from the API’s', () => {
    expect(counts(judge([accepted(1, { messageId: 7 })], [arrived(1)]))).toEqual({ wrongIds: 1 });
  });

  test('counts files that differ from the accepted ones, and skips forwarded copies', () => {
    const sent = [accepted(1, { files: ['a', 'b'], text: `[${CHAT}#1] 1 text [${CHAT}#1] 2 text` })];
    const item = (line: number, sha256?: string) =>
      arrived(1, { id: 100 + line, text: `[${CHAT}#1] ${line} text`, sha256 });
    expect(counts(judge(sent, [item(1, 'a'), item(2, 'b')]))).toEqual({});
    expect(counts(judge(sent, [item(1, 'b'), item(2, 'a')]))).toEqual({ damaged: 1 });
    expect(counts(judge(sent, [item(1, 'a'), item(2)]))).toEqual({ damaged: 1 });
    expect(counts(judge([accepted(1)], [arrived(1), arrived(1, { forwarded: true })]))).toEqual({});
  });

  test('counts a text that differs from the accepted one', () => {
    const verdict = judge([accepted(1)], [arrived(1, { text: `[${CHAT}#1] 1 another` })]);
    expect(counts(verdict)).toEqual({ damaged: 1 });
  });

  describe('for a text in several parts', () => {
    const lines = [1, 2, 3].map((number) => `[${CHAT}#1] ${number} text`);
    const long = accepted(1, { text: lines.join('\n'), messageId: 3 });
    const part = (number: number, id = number) => arrived(1, { id, text: lines[number - 1] ?? '' });

    test('finds nothing if all parts arrived in order and the last has the reported id', () => {
      expect(counts(judge([long], [part(1), part(2), part(3)]))).toEqual({});
    });

    test('counts a part that is missing, repeated or out of place', () => {
      expect(counts(judge([long], [part(1), part(3)]))).toEqual({ lost: 1 });
      expect(counts(judge([long], [part(1), part(2), part(2, 9), part(3)]))).toEqual({ doubled: 1 });
      expect(counts(judge([long], [part(2), part(1), part(3)]))).toEqual({ damaged: 1 });
    });

    test('counts a part that another message of the chat has overtaken', () => {
      const verdict = judge([long, accepted(2)], [part(1), part(2), arrived(2), part(3)]);
      expect(counts(verdict)).toEqual({ outOfOrder: 1 });
    });
  });
});

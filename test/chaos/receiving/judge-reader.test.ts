import { describe, expect, test } from 'vitest';
import { judgeReader } from './judge-reader.ts';

const eventOf = (seq: number, type = 'message.new') => ({ seq, event_id: `alice:${seq}`, type });
const SEQUENCE = [8, 9, 10].map((seq) => eventOf(seq));

function faults(seqs: readonly number[], mayRepeat = false): string[] {
  const events = seqs.map((seq) => eventOf(seq));
  return judgeReader({ name: 'reader', userId: 'alice', after: 7, mayRepeat, events }, SEQUENCE);
}

describe('the judge of readers', () => {
  test('finds nothing if a reader got each event once and in order', () => {
    expect(faults([8, 9, 10])).toEqual([]);
  });

  test('counts an event that is missing, in the middle or at the end', () => {
    expect(faults([8, 10])).toHaveLength(1);
    expect(faults([8, 9])).toHaveLength(1);
    expect(faults([])).toHaveLength(1);
  });

  test('counts a repeat, unless the reader may get one', () => {
    expect(faults([8, 9, 9, 10])).toHaveLength(1);
    expect(faults([8, 9, 9, 8, 10], true)).toEqual([]);
  });

  test('counts events that overtake, even if they may come again', () => {
    expect(faults([8, 10, 9, 10], true)).toHaveLength(1);
  });

  test('counts an event with another content', () => {
    const events = [eventOf(8), eventOf(9, 'message.edited'), eventOf(10)];
    expect(
      judgeReader({ name: 'reader', userId: 'alice', after: 7, mayRepeat: true, events }, SEQUENCE),
    ).toHaveLength(1);
  });
});

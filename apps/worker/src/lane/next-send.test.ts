import type { Chat } from '@gateway/telegram';
import { describe, expect, test } from 'vitest';
import { pickNext } from './next-send.ts';
import type { PaceWait } from './pacer.ts';

const chatOf = (key: string): Chat => ({ key, kind: 'user', known: true, stranger: false });
/** The letters of a job's name are its chats. */
const chatsOf = (job: string): [Chat, ...Chat[]] => {
  const [first = '', ...others] = job.replaceAll(/\d/g, '');
  return [chatOf(first), ...others.map(chatOf)];
};

function pick(
  jobs: readonly string[],
  holds: Record<string, PaceWait> = {},
  uploads: Readonly<Record<string, number>> = {},
) {
  return pickNext(
    jobs,
    chatsOf,
    (_job, [{ key }]) => holds[key] ?? null,
    (job) => uploads[job] ?? 0,
  );
}

function held(until: number, scope: PaceWait['scope'] = 'chat'): PaceWait {
  return { scope, hold: { reason: 'SLOWMODE_WAIT', until } };
}

describe('the next message to send', () => {
  test('that stands in two chats waits behind earlier jobs of both, and keeps back later ones', () => {
    const holds = { a: held(10) };
    expect(pick(['a1', 'ba1', 'b1', 'c1'], holds)).toEqual({ do: 'send', job: 'c1' });
    expect(pick(['ab1', 'b1', 'c1'], holds)).toEqual({ do: 'send', job: 'c1' });
    expect(pick(['b1', 'ab1'], holds)).toEqual({ do: 'send', job: 'b1' });
    // Only the chat that a job writes to holds it.
    expect(pick(['ba1'], holds)).toEqual({ do: 'send', job: 'ba1' });
  });

  test('is the oldest', () => {
    expect(pick(['a1', 'b1', 'a2'])).toEqual({ do: 'send', job: 'a1' });
  });

  test('skips a held chat and all later jobs of that chat', () => {
    expect(pick(['a1', 'a2', 'b1'], { a: held(10) })).toEqual({ do: 'send', job: 'b1' });
  });

  test('is none if all must wait: says until when, and why each waits', () => {
    const next = pick(['a1', 'b1', 'a2'], { a: held(10), b: held(5) });
    expect(next).toMatchObject({ do: 'wait', until: 5, accountWide: null });
    expect(next.do === 'wait' && next.waiting.map(({ job, hold }) => [job, hold.until])).toEqual([
      ['a1', 10],
      ['b1', 5],
      ['a2', 10],
    ]);
  });

  test('says if any further message would have to wait too', () => {
    expect(pick(['a1'], { a: held(10, 'account') })).toMatchObject({
      do: 'wait',
      accountWide: { until: 10 },
    });
  });

  test('of another chat goes before the next part of an upload; later jobs of its chats do not', () => {
    expect(pick(['a1', 'a2', 'ab1', 'b1', 'c1'], {}, { a1: 1 })).toEqual({ do: 'send', job: 'c1' });
    expect(pick(['a1', 'b1', 'b2', 'c1'], {}, { a1: 1, b1: 2 })).toEqual({ do: 'send', job: 'c1' });
    expect(pick(['a1', 'a2', 'b1'], { b: held(10) }, { a1: 1 })).toEqual({ do: 'send', job: 'a1' });
  });

  test('is the upload whose latest part was the earliest, if only uploads are left', () => {
    expect(pick(['a1', 'b1', 'c1', 'b2'], {}, { a1: 3, b1: 1, c1: 2, b2: 0 })).toEqual({
      do: 'send',
      job: 'b1',
    });
  });

  test('is none without jobs', () => {
    expect(pick([])).toEqual({ do: 'wait', until: Infinity, accountWide: null, waiting: [] });
  });
});

import type { Chat } from '@gateway/telegram';
import { describe, expect, test } from 'vitest';
import { pickNext } from './next-send.ts';
import type { PaceWait } from './pacer.ts';

const chatOf = (job: string): Chat => ({ key: job.charAt(0), kind: 'user', known: true, stranger: false });

function pick(jobs: readonly string[], holds: Record<string, PaceWait> = {}) {
  return pickNext(jobs, chatOf, (_job, { key }) => holds[key] ?? null);
}

function held(until: number, scope: PaceWait['scope'] = 'chat'): PaceWait {
  return { scope, hold: { reason: 'SLOWMODE_WAIT', until } };
}

describe('the next message to send', () => {
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

  test('is none without jobs', () => {
    expect(pick([])).toEqual({ do: 'wait', until: Infinity, accountWide: null, waiting: [] });
  });
});

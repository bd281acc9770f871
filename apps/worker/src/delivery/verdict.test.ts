import { GatewayError } from '@gateway/contracts';
import { TelegramFailure } from '@gateway/telegram';
import { describe, expect, test } from 'vitest';
import { judge } from './verdict.ts';

const flood = new TelegramFailure(
  { outcome: 'wait', scope: 'account', seconds: 30 },
  new GatewayError('FLOOD_WAIT', undefined, { rpcError: 'FLOOD_WAIT_30', retryAfter: 30 }),
);
const outage = new TelegramFailure({ outcome: 'retry' }, new GatewayError('TELEGRAM_UNAVAILABLE'));
const internal = new TelegramFailure(
  { outcome: 'unknown' },
  new GatewayError('TELEGRAM_ERROR', undefined, { rpcError: 'INTERNAL' }),
);

describe('what becomes of a send that failed', () => {
  test('a flood wait holds the account for just that long and a little more, however often it comes', () => {
    expect(judge(flood, 1, 0)).toEqual({ do: 'hold', reason: 'FLOOD_WAIT', ms: 30_000 });
    expect(judge(flood, 100, 1)).toEqual({ do: 'hold', reason: 'FLOOD_WAIT', ms: 30_600 });
  });

  test('an outage is waited out with backoff, bounded, for ever', () => {
    expect([1, 2, 3, 4, 5, 50].map((tries) => judge(outage, tries, 0))).toEqual(
      [1_000, 2_000, 4_000, 8_000, 15_000, 15_000].map((ms) => ({
        do: 'hold',
        reason: 'TELEGRAM_UNAVAILABLE',
        ms,
      })),
    );
  });

  test("Telegram's own error is tried again, but not for ever", () => {
    expect(judge(internal, 7, 0)).toMatchObject({ do: 'hold' });
    expect(judge(internal, 8, 0)).toEqual({ do: 'fail', error: internal.error });
  });

  test('PEER_FLOOD and a freeze stop the account; a session that has ended ends it', () => {
    const limited = new TelegramFailure(
      { outcome: 'account', state: 'peer_limited' },
      new GatewayError('PEER_FLOOD'),
    );
    const revoked = new TelegramFailure(
      { outcome: 'account', state: 'revoked' },
      new GatewayError('NOT_AUTHORIZED'),
    );
    expect(judge(limited, 1, 0)).toMatchObject({ do: 'stop-account', state: 'peer_limited' });
    expect(judge(revoked, 1, 0)).toMatchObject({ do: 'end-account', state: 'revoked' });
  });

  test('what is not from Telegram fails the job, with the cause kept for the log', () => {
    const bug = new TypeError('x is undefined');
    const verdict = judge(bug, 1, 0);
    expect(verdict).toMatchObject({ do: 'fail', error: { code: 'INTERNAL' } });
    expect(verdict.do === 'fail' && verdict.error.cause).toBe(bug);
  });
});

import { GatewayError } from '@gateway/contracts';
import { TelegramFailure, type FailureOutcome } from '@gateway/telegram';
import { describe, expect, test } from 'vitest';
import { judge as judgeOf, type Attempts } from './verdict.ts';

const SEND = { makesMessages: true, repeat: 'random-id' } as const;
const judge = (thrown: unknown, attempts: Attempts, random: number) =>
  judgeOf(thrown, attempts, random, SEND);

const FIRST = { message: 1, unreachable: 1 };

function wait(scope: 'account' | 'chat' | 'resolve', seconds: number, rpcName = 'FLOOD_WAIT') {
  const rpcError = `${rpcName}_${seconds}`;
  return new TelegramFailure(
    { outcome: 'wait', scope, seconds },
    new GatewayError('FLOOD_WAIT', undefined, { rpcError, retryAfter: seconds }),
  );
}

function failure(outcome: FailureOutcome, error = new GatewayError('TELEGRAM_ERROR')) {
  return new TelegramFailure(outcome, error);
}

describe('the verdict on a failed send', () => {
  test('a flood wait holds the account for its time plus jitter, however often it occurs', () => {
    const held = { do: 'hold', scope: 'account', reason: 'FLOOD_WAIT', unknown: false, counts: false };
    expect(judge(wait('account', 30), FIRST, 0)).toEqual({ ...held, ms: 30_000 });
    expect(judge(wait('account', 30), { message: 100, unreachable: 1 }, 1)).toEqual({ ...held, ms: 30_600 });
  });

  test('slow mode holds the chat; a flood wait for look-ups holds only sends that need one', () => {
    expect(judge(wait('chat', 10, 'SLOWMODE_WAIT'), FIRST, 0)).toMatchObject({
      do: 'hold',
      scope: 'chat',
      reason: 'SLOWMODE_WAIT',
    });
    expect(judge(wait('resolve', 10), FIRST, 0)).toMatchObject({ do: 'hold', scope: 'look-ups' });
  });

  test('the account waits with backoff while Telegram cannot be reached, without a limit of attempts', () => {
    const away = failure({ outcome: 'retry', reached: false }, new GatewayError('TELEGRAM_UNAVAILABLE'));
    const waits = [1, 2, 3, 4, 5, 50].map((unreachable) => judge(away, { message: 1, unreachable }, 0));
    expect(waits).toEqual(
      [1_000, 2_000, 4_000, 8_000, 15_000, 15_000].map((ms) =>
        expect.objectContaining({
          do: 'hold',
          scope: 'account',
          reason: 'TELEGRAM_UNAVAILABLE',
          ms,
          counts: false,
        }),
      ),
    );
  });

  test('a limit on connections holds the account for the requested time, with the reason', () => {
    const limited = new GatewayError('TELEGRAM_UNAVAILABLE', 'too many', { retryAfter: 10 });
    expect(judge(failure({ outcome: 'retry', reached: false }, limited), FIRST, 0)).toMatchObject({
      do: 'hold',
      scope: 'account',
      ms: 10_000,
      message: 'too many',
    });
  });

  test('the account waits longer if the settings keep Telegram unreachable, with the reason', () => {
    const wrong = new GatewayError('TELEGRAM_MISCONFIGURED', 'add it');
    const away = failure({ outcome: 'retry', reached: false }, wrong);
    const held = { do: 'hold', scope: 'account', reason: 'TELEGRAM_MISCONFIGURED', message: 'add it' };
    expect(judge(away, { message: 1, unreachable: 1 }, 0)).toMatchObject({ ...held, ms: 1_000 });
    expect(judge(away, { message: 1, unreachable: 50 }, 0)).toMatchObject({ ...held, ms: 60_000 });
  });

  test.each([
    ['an internal error of Telegram', { outcome: 'retry', reached: true }, false],
    ['an unknown outcome', { outcome: 'unknown' }, true],
  ] as const)('%s is tried again in its chat, but not for ever', (_name, outcome, unknown) => {
    const thrown = failure(outcome);
    expect(judge(thrown, { message: 7, unreachable: 1 }, 0)).toMatchObject({
      do: 'hold',
      scope: 'chat',
      unknown,
      counts: true,
    });
    expect(judge(thrown, { message: 8, unreachable: 1 }, 0)).toEqual({ do: 'fail', error: thrown.error });
  });

  test('PEER_FLOOD and a freeze stop the account; an ended session ends it', () => {
    for (const state of ['peer_limited', 'frozen'] as const)
      expect(judge(failure({ outcome: 'account', state }), FIRST, 0)).toMatchObject({
        do: 'stop-account',
        state,
      });
    for (const state of ['revoked', 'banned', 'duplicated'] as const)
      expect(judge(failure({ outcome: 'account', state }), FIRST, 0)).toMatchObject({
        do: 'end-account',
        state,
      });
  });

  test('an error of another origin fails the job and keeps the cause for the log', () => {
    const bug = new TypeError('x is undefined');
    const verdict = judge(bug, FIRST, 0);
    expect(verdict).toMatchObject({ do: 'fail', error: { code: 'INTERNAL' } });
    expect(verdict.do === 'fail' && verdict.error.cause).toBe(bug);
  });
});

describe('what becomes of an action that makes no message', () => {
  test('a flood wait holds jobs of its type alone, one for look-ups what needs one', () => {
    const edit = { makesMessages: false, repeat: 'idempotent' } as const;
    expect(judgeOf(wait('account', 30), FIRST, 0, edit)).toMatchObject({ scope: 'type', ms: 30_000 });
    expect(judgeOf(wait('resolve', 30), FIRST, 0, edit)).toMatchObject({ scope: 'look-ups' });
    expect(judgeOf(wait('chat', 30), FIRST, 0, edit)).toMatchObject({ scope: 'chat' });
  });

  test('a lost answer fails it where it must not be repeated', () => {
    const lost = failure({ outcome: 'unknown' });
    expect(judgeOf(lost, FIRST, 0, { makesMessages: false, repeat: 'idempotent' })).toMatchObject({
      do: 'hold',
    });
    expect(judgeOf(lost, FIRST, 0, { makesMessages: false, repeat: 'never' })).toMatchObject({ do: 'fail' });
  });
});

import { GatewayError, type ErrorCode } from '@gateway/contracts';
import { describe, expect, it } from 'vitest';
import { AnswerLostError, NotSentError, RpcError, UnknownKeyError } from './call-errors.ts';
import { pausingOnly, rpcNameOf, toConnectFailure, toFailure } from './errors.ts';
import { TelegramFailure, type FailureOutcome } from './telegram-failure.ts';

const fail: FailureOutcome = { outcome: 'fail' };
const retry: FailureOutcome = { outcome: 'retry', reached: true };
const revoked: FailureOutcome = { outcome: 'account', state: 'revoked' };
const waitFor = (seconds: number, scope: 'account' | 'chat' = 'account'): FailureOutcome => ({
  outcome: 'wait',
  scope,
  seconds,
});

/** Every error that Telegram is known to answer a sign-in or a send with, and what has to be made of it. */
const EXPECTED: readonly [code: number, names: string, outcome: FailureOutcome, gatewayCode: ErrorCode][] = [
  [420, 'FLOOD_WAIT_30', waitFor(30), 'FLOOD_WAIT'],
  [420, 'FLOOD_PREMIUM_WAIT_7', waitFor(7), 'FLOOD_WAIT'],
  [420, 'FLOOD_WAIT_0', waitFor(1), 'FLOOD_WAIT'],
  [420, '2FA_CONFIRM_WAIT_600', waitFor(600), 'FLOOD_WAIT'],
  [420, 'SLOWMODE_WAIT_12', waitFor(12, 'chat'), 'FLOOD_WAIT'],
  [401, 'AUTH_KEY_UNREGISTERED AUTH_KEY_INVALID SESSION_REVOKED SESSION_EXPIRED', revoked, 'NOT_AUTHORIZED'],
  [406, 'AUTH_KEY_DUPLICATED', { outcome: 'account', state: 'duplicated' }, 'NOT_AUTHORIZED'],
  [401, 'SESSION_PASSWORD_NEEDED', { outcome: 'account', state: 'password_required' }, 'NOT_AUTHORIZED'],
  [401, 'USER_DEACTIVATED USER_DEACTIVATED_BAN', { outcome: 'account', state: 'banned' }, 'ACCOUNT_BANNED'],
  [420, 'FROZEN_METHOD_INVALID', { outcome: 'account', state: 'frozen' }, 'ACCOUNT_FROZEN'],
  [400, 'PEER_FLOOD', { outcome: 'account', state: 'peer_limited' }, 'PEER_FLOOD'],
  [400, 'API_ID_INVALID API_ID_PUBLISHED_FLOOD', fail, 'API_ID_INVALID'],
  [500, 'AUTH_RESTART', retry, 'TELEGRAM_UNAVAILABLE'],
  [406, 'PHONE_NUMBER_INVALID', fail, 'PHONE_NUMBER_INVALID'],
  [400, 'PHONE_NUMBER_BANNED', fail, 'PHONE_NUMBER_BANNED'],
  [400, 'PHONE_NUMBER_UNOCCUPIED', fail, 'PHONE_NUMBER_UNOCCUPIED'],
  [406, 'PHONE_NUMBER_FLOOD PHONE_PASSWORD_FLOOD', fail, 'RATE_LIMITED'],
  [400, 'PHONE_CODE_EMPTY PHONE_CODE_INVALID', fail, 'PHONE_CODE_INVALID'],
  [400, 'PHONE_CODE_EXPIRED PHONE_CODE_HASH_EMPTY', fail, 'PHONE_CODE_EXPIRED'],
  [406, 'SEND_CODE_UNAVAILABLE', fail, 'SEND_CODE_UNAVAILABLE'],
  [400, 'PASSWORD_HASH_INVALID SRP_PASSWORD_CHANGED', fail, 'PASSWORD_INVALID'],
  [400, 'SRP_ID_INVALID', retry, 'TELEGRAM_UNAVAILABLE'],
  [303, 'PHONE_MIGRATE_2 NETWORK_MIGRATE_3 USER_MIGRATE_4', fail, 'TELEGRAM_ERROR'],
  [
    400,
    'USER_PRIVACY_RESTRICTED PRIVACY_PREMIUM_REQUIRED USER_IS_BLOCKED YOU_BLOCKED_USER INPUT_USER_DEACTIVATED ' +
      'CHAT_WRITE_FORBIDDEN CHAT_SEND_PLAIN_FORBIDDEN CHAT_RESTRICTED CHAT_ADMIN_REQUIRED USER_BANNED_IN_CHANNEL CHANNEL_PRIVATE ' +
      'TOPIC_CLOSED ALLOW_PAYMENT_REQUIRED ALLOW_PAYMENT_REQUIRED_10',
    fail,
    'RECIPIENT_REFUSED',
  ],
  [400, 'MESSAGE_EMPTY MESSAGE_TOO_LONG ENTITY_BOUNDS_INVALID', fail, 'MESSAGE_INVALID'],
  [
    400,
    'PEER_ID_INVALID CHANNEL_INVALID USERNAME_NOT_OCCUPIED USERNAME_INVALID PHONE_NOT_OCCUPIED',
    fail,
    'RECIPIENT_NOT_FOUND',
  ],
  [500, 'RANDOM_ID_DUPLICATE', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT'],
  [400, 'SOME_NEW_THING_INVALID', fail, 'TELEGRAM_ERROR'],
];

const cases = EXPECTED.flatMap(([code, names, outcome, gatewayCode]) =>
  names.split(' ').map((name) => [name, code, outcome, gatewayCode] as const),
);

describe('toFailure', () => {
  it.each(cases)('sorts %s', (name, code, outcome, gatewayCode) => {
    const failure = toFailure(new RpcError(code, name), true);
    expect(failure.failure).toEqual(outcome);
    expect(failure.error.code).toBe(gatewayCode);
    expect(rpcNameOf(failure)).toBe(name);
    // Callers of RATE_LIMITED are told to wait `retry_after` seconds.
    const pause = gatewayCode === 'RATE_LIMITED' ? 86_400 : undefined;
    expect(failure.error.details.retryAfter).toBe(outcome.outcome === 'wait' ? outcome.seconds : pause);
  });

  it.each([500, -500, 503, -503])(
    'takes a server error %i without a rule as unknown for a send and as retry for a question',
    (code) => {
      expect(toFailure(new RpcError(code, 'Timeout'), true).failure).toEqual({ outcome: 'unknown' });
      expect(toFailure(new RpcError(code, 'Timeout'), true).error.kind).toBe('unknown_outcome');
      expect(toFailure(new RpcError(code, 'Timeout'), false).failure).toEqual(retry);
      expect(toFailure(new RpcError(code, 'Timeout'), false).error.kind).toBe('retryable');
    },
  );

  it('tells a call that was not written from one whose answer was lost', () => {
    expect(toFailure(new NotSentError('x'), true).failure).toEqual({ outcome: 'retry', reached: false });
    expect(toFailure(new AnswerLostError('x'), true).failure).toEqual({ outcome: 'unknown' });
    expect(toFailure(new AnswerLostError('x'), true).error.code).toBe('TELEGRAM_TIMEOUT');
    expect(toFailure(new AnswerLostError('x'), false).failure).toEqual(retry);
  });

  it('takes every trouble while connecting for a Telegram that was not reached', () => {
    for (const trouble of [new NotSentError('x'), new AnswerLostError('x'), new RpcError(500, 'INTERNAL')]) {
      expect(toConnectFailure(trouble).failure).toEqual({ outcome: 'retry', reached: false });
    }
    expect(toConnectFailure(new UnknownKeyError()).failure).toEqual(revoked);
    expect(toConnectFailure(new RpcError(420, 'FLOOD_WAIT_30')).failure).toEqual(waitFor(30));
  });

  it('narrows a pause, and nothing else', () => {
    const pause = toFailure(new RpcError(420, 'FLOOD_WAIT_30'), false);
    expect(pausingOnly('resolve', pause)).toMatchObject({
      failure: { outcome: 'wait', scope: 'resolve', seconds: 30 },
      error: pause.error,
    });
    const other = toFailure(new RpcError(500, 'INTERNAL'), false);
    expect(pausingOnly('resolve', other)).toBe(other);
  });

  it('takes an unknown auth key as a revoked session', () => {
    expect(toFailure(new UnknownKeyError(), true).failure).toEqual(revoked);
  });

  it('lets its own failures and gateway errors through', () => {
    const failure = new TelegramFailure(retry, new GatewayError('TELEGRAM_UNAVAILABLE'));
    expect(toFailure(failure, true)).toBe(failure);
    expect(toFailure(new GatewayError('RECIPIENT_NOT_FOUND'), true)).toMatchObject({
      failure: fail,
      error: { code: 'RECIPIENT_NOT_FOUND' },
    });
  });

  it('keeps the text of a foreign error from callers', () => {
    const failure = toFailure(new TypeError('password hunter2'), true);
    expect(failure.error.code).toBe('INTERNAL');
    expect(JSON.stringify(failure.error.toPublic())).not.toContain('hunter2');
    expect(failure.failure).toEqual({ outcome: 'unknown' });
  });
});

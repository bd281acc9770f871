import type { ErrorCode, Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import { describe, expect, it } from 'vitest';
import { Recipients } from '../peers/recipients.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { refusal, ScriptedCaller } from '../testing/scripted-caller.ts';
import { RpcError } from './call-errors.ts';
import { ruleFor } from './error-rules.ts';
import { toFailure } from './errors.ts';
import type { FailureOutcome } from './telegram-failure.ts';

/** What an error of Telegram's makes of the job and the account. */
const CLASSES = {
  'wait account': { outcome: 'wait', scope: 'account', seconds: 30 },
  'wait chat': { outcome: 'wait', scope: 'chat', seconds: 30 },
  retry: { outcome: 'retry', reached: true },
  fail: { outcome: 'fail' },
  unknown: { outcome: 'unknown' },
  revoked: { outcome: 'account', state: 'revoked' },
  duplicated: { outcome: 'account', state: 'duplicated' },
  banned: { outcome: 'account', state: 'banned' },
  frozen: { outcome: 'account', state: 'frozen' },
  peer_limited: { outcome: 'account', state: 'peer_limited' },
  password_required: { outcome: 'account', state: 'password_required' },
} as const satisfies Record<string, FailureOutcome>;

type Row = readonly [kind: keyof typeof CLASSES, code: ErrorCode, names: string];

/** Every error that is known of sending and of sessions. `_X` stands for a number. */
const SENDING: readonly Row[] = [
  ['wait account', 'FLOOD_WAIT', 'FLOOD_WAIT_X FLOOD_PREMIUM_WAIT_X'],
  ['wait chat', 'FLOOD_WAIT', 'SLOWMODE_WAIT_X'],
  ['peer_limited', 'PEER_FLOOD', 'PEER_FLOOD'],
  ['frozen', 'ACCOUNT_FROZEN', 'FROZEN_METHOD_INVALID'],
  [
    'fail',
    'RECIPIENT_REFUSED',
    'USER_PRIVACY_RESTRICTED PRIVACY_PREMIUM_REQUIRED USER_IS_BLOCKED YOU_BLOCKED_USER INPUT_USER_DEACTIVATED ' +
      'CHAT_WRITE_FORBIDDEN CHAT_SEND_PLAIN_FORBIDDEN CHAT_RESTRICTED CHAT_ADMIN_REQUIRED USER_BANNED_IN_CHANNEL ' +
      'CHANNEL_PRIVATE TOPIC_CLOSED ALLOW_PAYMENT_REQUIRED',
  ],
  ['fail', 'MESSAGE_INVALID', 'MESSAGE_EMPTY MESSAGE_TOO_LONG ENTITY_BOUNDS_INVALID QUOTE_TEXT_INVALID'],
  ['fail', 'RECIPIENT_REFUSED', 'TOPIC_DELETED CHAT_SEND_POLLS_FORBIDDEN'],
  ['fail', 'MEDIA_REFUSED', 'BROADCAST_PUBLIC_VOTERS_FORBIDDEN'],
  ['fail', 'RECIPIENT_NOT_FOUND', 'PEER_ID_INVALID USERNAME_NOT_OCCUPIED USERNAME_INVALID'],
  ['unknown', 'TELEGRAM_TIMEOUT', 'RANDOM_ID_DUPLICATE'],
  ['revoked', 'NOT_AUTHORIZED', 'AUTH_KEY_UNREGISTERED AUTH_KEY_INVALID SESSION_REVOKED SESSION_EXPIRED'],
  ['duplicated', 'NOT_AUTHORIZED', 'AUTH_KEY_DUPLICATED'],
  ['banned', 'ACCOUNT_BANNED', 'USER_DEACTIVATED USER_DEACTIVATED_BAN'],
];

/** Every error that is known of signing in. */
const SIGNING_IN: readonly Row[] = [
  ['password_required', 'NOT_AUTHORIZED', 'SESSION_PASSWORD_NEEDED'],
  ['retry', 'TELEGRAM_UNAVAILABLE', 'AUTH_RESTART SRP_ID_INVALID'],
  [
    'retry',
    'TELEGRAM_UNAVAILABLE',
    'SMS_CODE_CREATE_FAILED SIGN_IN_FAILED CONNECTION_NOT_INITED CONNECTION_LAYER_INVALID',
  ],
  ['fail', 'API_ID_INVALID', 'API_ID_INVALID API_ID_PUBLISHED_FLOOD CONNECTION_API_ID_INVALID'],
  ['fail', 'UPDATE_APP_TO_LOGIN', 'UPDATE_APP_TO_LOGIN RECAPTCHA_CHECK_signin__6Lc_KEY'],
  [
    'fail',
    'EMAIL_SETUP_REQUIRED',
    'EMAIL_UNCONFIRMED EMAIL_UNCONFIRMED_X EMAIL_NOT_SETUP EMAIL_INSTALL_MISSING',
  ],
  ['fail', 'PHONE_NUMBER_INVALID', 'PHONE_NUMBER_INVALID'],
  ['fail', 'PHONE_NUMBER_BANNED', 'PHONE_NUMBER_BANNED'],
  ['fail', 'PHONE_NUMBER_UNOCCUPIED', 'PHONE_NUMBER_UNOCCUPIED PHONE_NUMBER_APP_SIGNUP_FORBIDDEN'],
  ['fail', 'RATE_LIMITED', 'PHONE_NUMBER_FLOOD PHONE_PASSWORD_FLOOD'],
  ['fail', 'PHONE_CODE_INVALID', 'PHONE_CODE_EMPTY PHONE_CODE_INVALID CODE_INVALID EMAIL_CODE_INVALID'],
  ['fail', 'PHONE_CODE_EXPIRED', 'PHONE_CODE_EXPIRED PHONE_CODE_HASH_EMPTY EMAIL_VERIFY_EXPIRED'],
  ['fail', 'SEND_CODE_UNAVAILABLE', 'SEND_CODE_UNAVAILABLE'],
  ['fail', 'PASSWORD_INVALID', 'PASSWORD_HASH_INVALID SRP_PASSWORD_CHANGED'],
  // At the beginning of a sign-in, the data centre is switched instead.
  ['fail', 'TELEGRAM_ERROR', 'PHONE_MIGRATE_X NETWORK_MIGRATE_X USER_MIGRATE_X FILE_MIGRATE_X'],
];

const rows = [...SENDING, ...SIGNING_IN].flatMap(([kind, code, names]) =>
  names.split(' ').map((name) => [name, kind, code] as const),
);

const withNumber = (name: string) => name.replace(/_X$/, '_30');

describe('the table of errors', () => {
  // Sources disagree on codes. A name without a rule would be `fail` at 400 and have no rule at 500.
  it.each(rows)('has %s under %s, by its name, whatever its code', (name, kind, code) => {
    for (const rpcCode of [303, 400, 401, 403, 406, 420, 500, -503]) {
      const found = ruleFor(withNumber(name), rpcCode);
      expect(found?.rule.failure(found.seconds)).toEqual(CLASSES[kind]);
      expect(found?.rule.code).toBe(code);
    }
  });

  it.each([
    [500, 'INTERNAL'],
    [500, 'RPC_CALL_FAIL'],
    [503, 'Timeout'],
    [-503, 'Timeout'],
    [-500, 'No workers running'],
  ])('has no rule for %i %s: a send may have gone out, a question is put again', (rpcCode, name) => {
    expect(ruleFor(name, rpcCode)).toBeUndefined();
    expect(toFailure(new RpcError(rpcCode, name), true).failure).toEqual(CLASSES.unknown);
    expect(toFailure(new RpcError(rpcCode, name), false).failure).toEqual(CLASSES.retry);
  });
});

describe('a pause that Telegram asks for when it is asked who somebody is', () => {
  const contacts = new Api.contacts.Contacts({ contacts: [], savedCount: 0, users: [] });
  const user: Recipient = { kind: 'user', id: '7' };
  const phone: Recipient = { kind: 'phone', phone: '+79990000001' };
  const lookUps: [method: string, recipient: Recipient, before: Record<string, unknown[]>][] = [
    ['contacts.ResolveUsername', { kind: 'username', username: 'bob' }, {}],
    ['contacts.ResolvePhone', phone, { 'contacts.GetContacts': [contacts] }],
    ['contacts.GetContacts', phone, {}],
    ['users.GetUsers', user, {}],
    ['messages.GetDialogs', user, { 'users.GetUsers': [[]], 'contacts.GetContacts': [contacts] }],
    ['messages.GetDialogs', { kind: 'channel', id: '9' }, {}],
  ];
  const cases = lookUps.flatMap(([method, recipient, before]) =>
    ['FLOOD_WAIT_30', 'FLOOD_PREMIUM_WAIT_30', 'SOME_NEW_WAIT_30'].map(
      (name) => [name, method, recipient, before] as const,
    ),
  );

  it.each(cases)('%s of %s holds look-ups only', async (name, method, recipient, before) => {
    const caller = new ScriptedCaller({ ...copyOf(before), [method]: [refusal(420, name)] });
    const recipients = new Recipients(caller, new MemoryPeerBook(), () => 0);
    await expect(recipients.resolve(recipient)).rejects.toMatchObject({
      failure: { outcome: 'wait', scope: 'resolve', seconds: 30 },
      error: { code: 'FLOOD_WAIT', details: { rpcError: name, retryAfter: 30 } },
    });
    expect(caller.methods.at(-1)).toBe(method);
  });
});

/** The script is used up by the caller that it is given to. */
function copyOf(script: Record<string, unknown[]>): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(script).map(([method, answers]) => [method, [...answers]]));
}

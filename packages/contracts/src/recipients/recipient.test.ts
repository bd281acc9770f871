import { describe, expect, test } from 'vitest';
import { parseRecipient, recipientIdSchema } from './recipient.ts';

const NAME = { kind: 'username', username: 'durov' };
const PHONE = { kind: 'phone', phone: '+79991234567' };
const CHANNEL = { kind: 'channel', id: '1234567890' };
const user = (id: string) => ({ kind: 'user', id });

describe('recipient_id', () => {
  test.each([
    ['me', { kind: 'self' }],
    ['ME', { kind: 'self' }],
    ['Self', { kind: 'self' }],
    ['987654321', user('987654321')],
    [987654321, user('987654321')],
    ['1099511627775', user('1099511627775')],
    ['-123', { kind: 'chat', id: '123' }],
    ['-999999999999', { kind: 'chat', id: '999999999999' }],
    ['-1001234567890', CHANNEL],
    ['\u22121001234567890', CHANNEL],
    ['-1000009999999', { kind: 'channel', id: '9999999' }],
    ['-1009999999', { kind: 'chat', id: '1009999999' }],
    ['-1000000000001', { kind: 'channel', id: '1' }],
    ['-1997852516352', { kind: 'channel', id: '997852516352' }],
    ['-2002147483649', { kind: 'channel', id: '1002147483649' }],
    ['-4000000000000', { kind: 'channel', id: '3000000000000' }],
    ['@Durov', NAME],
    ['durov', NAME],
    ['@durov\u200b', NAME],
    ['\u2066@durov\u2069', NAME],
    ['＠ｄｕｒｏｖ', NAME],
    ['<@durov>', NAME],
    ['"@durov",', NAME],
    ['@durov.', NAME],
    ['+7 (999) 123-45-67', PHONE],
    ['\u202a+79991234567\u202c', PHONE],
    ['+۷۹۹۹۱۲۳۴۵۶۷', PHONE],
    ['tel:+79991234567', PHONE],
    ['(+7) 999 123-45-67', PHONE],
    ["'+79991234567", PHONE],
    ["'-1001234567890", CHANNEL],
    ["'987654321", user('987654321')],
  ])('%j is understood', (input, expected) => {
    expect(parseRecipient(input)).toEqual(expected);
    expect(recipientIdSchema.safeParse(input).success).toBe(true);
  });

  // core.telegram.org/api/links, and what the web clients have in their address bar.
  test.each([
    ['https://t.me/Durov', NAME],
    ['http://T.ME/durov', NAME],
    ['t.me/durov?start=1', NAME],
    ['t.me/durov/123', NAME],
    ['t.me/durov/7/123?comment=5', NAME],
    ['t.me/durov/s/4', NAME],
    ['t.me/s/durov', NAME],
    ['t.me/s/durov/123', NAME],
    ['t.me/@durov', NAME],
    ['t.me/%40durov', NAME],
    ['t.me/durov%E2%80%8B', NAME],
    ['https://t.me/durov.', NAME],
    ['(https://t.me/durov)', NAME],
    ['t.me/boost/durov', NAME],
    ['t.me/boost?c=1234567890', CHANNEL],
    ['durov.t.me', NAME],
    ['https://durov.t.me/123', NAME],
    ['telegram.me/durov', NAME],
    ['www.telegram.dog/durov', NAME],
    ['t.me/c/1234567890/456', CHANNEL],
    ['t.me/c/1234567890/7/456', CHANNEL],
    ['t.me/+79991234567', PHONE],
    ['t.me/%2B79991234567', PHONE],
    ['tg://resolve?domain=Durov', NAME],
    ['tg:resolve?domain=durov&post=1', NAME],
    ['TG://resolve?domain=%40durov', NAME],
    ['tg://resolve?phone=79991234567', PHONE],
    ['tg://resolve?phone=+79991234567', PHONE],
    ['tg://msg?text=hi&to=%2B79991234567', PHONE],
    ['tg://user?id=123', user('123')],
    ['tg://openmessage?user_id=123', user('123')],
    ['tg://openmessage?chat_id=-1001234567890', CHANNEL],
    ['tg://privatepost?channel=1234567890&post=456', CHANNEL],
    ['tg://boost?channel=1234567890', CHANNEL],
    ['https://web.telegram.org/k/#@durov', NAME],
    ['https://web.telegram.org/k/#123', user('123')],
    ['https://web.telegram.org/a/#-1001234567890', CHANNEL],
    ['https://web.telegram.org/a/#-1001234567890_17', CHANNEL],
    ['https://web.telegram.org/z/#-123', { kind: 'chat', id: '123' }],
    ['https://web.telegram.org/a/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Ddurov', NAME],
    ['https://web.telegram.org/#/im?p=@durov', NAME],
    ['https://web.telegram.org/#/im?p=u123_456', user('123')],
    ['https://web.telegram.org/#/im?p=g123', { kind: 'chat', id: '123' }],
    ['https://web.telegram.org/#/im?p=c1234567890_456', CHANNEL],
    ['https://web.telegram.org/#/im?p=s1234567890_456', CHANNEL],
    ['https://webk.telegram.org/#@durov', NAME],
    ['webz.telegram.org/#-1001234567890', CHANNEL],
    ['https://k.t.me/durov', NAME],
  ])('the link %j names a chat', (link, expected) => {
    expect(parseRecipient(link)).toEqual(expected);
    // Older workers read it, too.
    expect(parseRecipient(recipientIdSchema.parse(link))).toEqual(expected);
  });

  test.each([
    ['', /numeric id/],
    ['0', /not an id/],
    ['-0', /not an id/],
    ['0123', /do not begin with 0/],
    ['009996622222', /a phone number begins with \+/],
    ['1099511627776', /not an id.*a phone number needs its \+/],
    ['8613812345678', /not an id.*a phone number needs its \+/],
    ['-1000000000000', /not an id/],
    ['-1997852516353', /secret chat/],
    ['-2002147483648', /secret chat/],
    ['-4000000000001', /not an id/],
    ['9007199254740993', /not an id/],
    ['99999999999999999999', /not an id/],
    ['-99999999999999999999', /not an id/],
    ['1e9', /not a username/],
    ['123.0', /digits alone/],
    ['8 (999) 123-45-67', /country code/],
    ['@', /not a username/],
    ['@1abc', /not a username/],
    ['@ab', /3 to 32 characters/],
    ['@@durov', /"@" \(U\+0040\)/],
    [`@${'a'.repeat(33)}`, /3 to 32 characters/],
    ['@durоv', /"о" \(U\+043E, Cyrillic\)/],
    ['t.me/durоv', /"о" \(U\+043E, Cyrillic\)/],
    ['a b', /numeric id/],
    ['user@example.com', /numeric id/],
    ['+123', /country code/],
    ['+', /country code/],
    ['https://t.me/+AbCdEf', /invite link/],
    ['t.me/joinchat/AAAA', /invite link/],
    ['tg://join?invite=AAAA', /invite link/],
    ['t.me/addlist/x', /folder/],
    ['t.me/share/url?url=x', /shares a text/],
    ['tg://msg_url?url=x', /shares a text/],
    ['t.me/m/abc', /business link/],
    ['t.me/contact/abc', /contact link/],
    ['t.me/$abc', /names no chat/],
    ['t.me/addstickers/abc', /names no chat/],
    ['t.me/proxy?server=x', /names no chat/],
    ['tg://settings', /names no chat/],
    ['t.me', /names no chat/],
    ['t.me/c/0/4', /not an id/],
    ['t.me/c/997852516353/4', /not an id/],
    ['tg://user?id=1099511627776', /not an id/],
    ['tg://openmessage?chat_id=123', /-100 followed by it/],
    ['https://web.telegram.org/k/#-1234567890', /-100 followed by it/],
    ['https://web.telegram.org/k/', /names no chat/],
    ['https://example.com/x', /https:\/\/t\.me\//],
    ['https://telegram.org/durov', /https:\/\/t\.me\//],
    ['https://t.me.example.com/durov', /https:\/\/t\.me\//],
    ['https://example.com/t.me/durov', /https:\/\/t\.me\//],
  ])('%j is refused with a sentence that says why', (input, reason) => {
    expect(parseRecipient(input)).toMatch(/^(is|must) .{10,}/);
    expect(recipientIdSchema.safeParse(input).error?.issues[0]?.message).toMatch(reason);
  });

  test.each([1.5, 2 ** 40, 2 ** 60, -0, -1e13, Number.NaN, Infinity, null, true, {}])(
    '%j is no recipient',
    (input) => {
      expect(recipientIdSchema.safeParse(input).success).toBe(false);
    },
  );

  // Under an Idempotency-Key the digest of the request holds the text.
  test.each([
    'me',
    'self',
    '123',
    '-123',
    '-1001234567890',
    '+7 (999) 123-45-67',
    '+7\u00a0999\u00a0123\u00a045\u00a067',
    '@Durov',
    'durov',
    'https://t.me/Durov?start=1',
    'www.telegram.me/durov/',
    'T.me/durov#x',
  ])('%j, which was always taken, is kept as it was written', (text) => {
    expect(recipientIdSchema.parse(` ${text}\n`)).toBe(text);
  });

  test('what is new is kept in a form that was always taken', () => {
    const kept = [
      'ME',
      't.me/c/1234567890/4',
      'tg://user?id=5',
      '<@Durov>',
      'durov.t.me',
      'tel:+7-999-123-45-67',
    ];
    expect(kept.map((text) => recipientIdSchema.parse(text))).toEqual([
      'me',
      '-1001234567890',
      '5',
      '@durov',
      '@durov',
      '+79991234567',
    ]);
  });
});

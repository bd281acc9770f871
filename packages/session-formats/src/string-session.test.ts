import { writeStringSession } from '@mtcute/core/utils.js';
import { AuthKey } from 'telegram/crypto/AuthKey.js';
import { StringSession } from 'telegram/sessions/index.js';
import { describe, expect, test } from 'vitest';
import { SessionFormatError } from './foreign-session.ts';
import { readGivenSession } from './given-session.ts';
import { readStringSession, writeOwnForm, writeTelethon } from './string-session.ts';
import { KEY, STRINGS } from './testing/fixtures.ts';

const OURS = { dcId: 4, authKey: KEY, testMode: false };

async function gramJs(address: string, dcId = 4): Promise<string> {
  const session = new StringSession('');
  session.setDC(dcId, address, 443);
  session.setAuthKey(new AuthKey());
  await session.authKey?.setKey(KEY);
  return session.save();
}

const mtcuteDc = { id: 4, ipAddress: '149.154.167.91', port: 443 };
function mtcute(
  more: Partial<Parameters<typeof writeStringSession>[0]> = {},
  dc: typeof mtcuteDc & { testMode?: boolean } = mtcuteDc,
): string {
  return writeStringSession({
    version: 3,
    primaryDcs: { main: dc, media: dc },
    authKey: KEY,
    self: null,
    ...more,
  });
}
const self = (isBot: boolean) => ({ userId: 987_654_321, isBot, isPremium: false, usernames: [] });

/** mtcute's older versions, which it no longer writes. They have TL's dcOption in place of its own form. */
function oldMtcute(version: 1 | 2, flags: number, dcId = 4): string {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const address = Buffer.from('\x0e149.154.167.91\0');
  const dc = [number(0x18b7a10d), number(0), number(dcId), address, number(443)];
  const bytes = [Buffer.from([version]), number(flags), ...dc];
  if ((flags & 4) !== 0) bytes.push(...dc);
  if ((flags & 1) !== 0) bytes.push(number(7), number(0), number(0xbc799737));
  return Buffer.concat([...bytes, Buffer.from([254, 0, 1, 0]), KEY]).toString('base64url');
}

const good: [string, string, object?][] = [
  ['Telethon, IPv4', STRINGS['telethon-ipv4'] ?? ''],
  ['Telethon, IPv6', STRINGS['telethon-ipv6'] ?? '', { dcId: 2 }],
  ['Telethon, a test server', STRINGS['telethon-test'] ?? '', { dcId: 2, testMode: true }],
  ['GramJS, IPv4', await gramJs('149.154.167.91')],
  ['GramJS, a name', await gramJs('vesta.web.telegram.org')],
  ['GramJS, IPv6', await gramJs('2001:67c:4e8:f004::a')],
  ['GramJS, a test server', await gramJs('149.154.167.40', 2), { dcId: 2, testMode: true }],
  ['Pyrogram', STRINGS['pyrogram-user-prod'] ?? ''],
  ['Pyrogram, a test server', STRINGS['pyrogram-user-test'] ?? '', { dcId: 2, testMode: true }],
  ['Pyrogram 1', STRINGS['pyrogram-old'] ?? ''],
  ['Pyrogram 1.x with long ids', STRINGS['pyrogram-old64'] ?? ''],
  ['kurigram', STRINGS['kurigram-user-prod'] ?? ''],
  ['pyrofork', STRINGS['pyrofork-user-prod'] ?? ''],
  ['mtcute', mtcute()],
  ['mtcute with its user', mtcute({ self: self(false) })],
  [
    'mtcute with a media server',
    mtcute({ primaryDcs: { main: mtcuteDc, media: { ...mtcuteDc, mediaOnly: true } } }),
  ],
  ['mtcute, a test server', mtcute({}, { ...mtcuteDc, testMode: true }), { testMode: true }],
  ['mtcute 1', oldMtcute(1, 1)],
  ['mtcute 2', oldMtcute(2, 0)],
  ['mtcute 2 with a media server', oldMtcute(2, 4)],
  ['mtcute 2, a test server', oldMtcute(2, 2), { testMode: true }],
  ['the gateway itself', writeOwnForm(OURS)],
  ['the CLI', writeTelethon(OURS)],
  ['the CLI, a test server', writeTelethon({ ...OURS, testMode: true }), { testMode: true }],
];

describe('A string session', () => {
  test.each(good)('of %s is read', (_name, text, more = {}) => {
    const { dcId, authKey, testMode } = readStringSession(text);
    expect({ dcId, authKey: Buffer.from(authKey), testMode }).toEqual({ ...OURS, ...more });
  });

  test.each(good)('of %s with something added, cut or changed is malformed', (_name, text) => {
    const middle = Math.floor(text.length / 2);
    const broken = [
      `${text}AAAA`,
      `${text}A`,
      `${text}AAAAAAAA`,
      `AAAA${text}`,
      text.replace(/=+$/, '').slice(0, -1),
      text.replace(/=+$/, '').slice(0, -4),
      text.slice(0, middle) + text.slice(middle + 4),
      `${text.slice(0, middle)}AAAA${text.slice(middle)}`,
      `${text}${text}`,
      text.slice(1),
    ];
    for (const bad of broken) expect(() => readStringSession(bad), bad).toThrow(SessionFormatError);
  });

  test.each([
    ['===', (text: string) => `${text.replace(/=+$/, '')}===`],
    ['both alphabets', (text: string) => `${text.slice(0, 100)}+_${text.slice(102)}`],
    ['bits that no byte holds', () => `${(STRINGS['telethon-ipv4'] ?? '').replace(/=$/, '').slice(0, -1)}9`],
  ])('with %s is malformed', (_what, change) => {
    expect(() => readStringSession(change(STRINGS['telethon-ipv4'] ?? ''))).toThrow('is malformed');
  });

  test('without its padding is read', () => {
    expect(readStringSession((STRINGS['telethon-ipv4'] ?? '').replace(/=+$/, '')).dcId).toBe(4);
  });

  const zeros = { ...OURS, authKey: Buffer.alloc(256) };
  test.each([
    ['a bot’s, by Pyrogram', STRINGS['pyrogram-bot-prod'] ?? '', "is a bot's"],
    ['a bot’s, by mtcute', mtcute({ self: self(true) }), "is a bot's"],
    ['with a short key', mtcute({ authKey: KEY.subarray(0, 192) }), 'an auth key of 192 bytes'],
    [
      'with a short key in the gateway’s form',
      `v1.2.${KEY.subarray(1).toString('base64url')}`,
      'is malformed',
    ],
    ['with an addition in the gateway’s form', `${writeOwnForm(OURS)}AAAA`, 'is malformed'],
    ['with a key of zeros', writeTelethon(zeros), 'nobody has signed in'],
    ['with a key of zeros in the gateway’s form', writeOwnForm(zeros), 'nobody has signed in'],
    ['of data centre 0', writeTelethon({ ...OURS, dcId: 0 }), 'names a data centre'],
    ['of data centre 300', oldMtcute(2, 0, 300), 'names a data centre'],
    ['of data centre 0 in the gateway’s form', writeOwnForm({ ...OURS, dcId: 0 }), 'names a data centre'],
    ['in an unknown form', 'hello', 'has an unknown form'],
    ['that is too short', '1AAAA', 'has an unknown form'],
  ])('%s is refused with the reason', (_name, text, message) => {
    expect(() => readStringSession(text)).toThrow(message);
  });

  test('is quoted in no error', () => {
    for (const [, text] of good) {
      const broken = `${text}AAAA`;
      expect(() => readStringSession(broken)).not.toThrow(broken.slice(20, 60));
    }
  });
});

describe('Pasted text', () => {
  const text = STRINGS['telethon-ipv4'] ?? '';
  const wrapped = text.replace(/(.{76})/g, '$1\r\n');
  test.each([
    ['wrapped lines', wrapped],
    ['indented lines', wrapped.replaceAll('\n', '\n    ')],
    ['no-break spaces', text.replace(/(.{50})/g, '$1\u00a0')],
    ['double quotes', `"${text}"`],
    ['single quotes and a comma', `'${text}',`],
    ['curly quotes', `“${text}”`],
    ['guillemets', `«${text}»`],
    ['a backtick', `\`${text}\``],
    ['Python bytes', `b'${text}'`],
    ['a line of .env', `SESSION=${text}`],
    ['a quoted line of .env', `TELEGRAM_SESSION="${text}"\n`],
    ['an export', `export SESSION_STRING='${text}'`],
    ['JavaScript', `const session = "${text}";`],
    ['a constructor', `new StringSession("${text}")`],
    ['YAML', `session: ${text}`],
    ['JSON', `"session": "${text}",`],
    ['a JSON object', `{"session": "${text}"}`],
    ['angle brackets', `<${text}>`],
    ['brackets and a full stop', `(${text}).`],
    ['a fence', `\`\`\`\n${text}\n\`\`\``],
    ['line ends as a program writes them', text.replace(/(.{76})/g, '$1\\n')],
    ['invisible marks', `\ufeff\u202a${text.slice(0, 9)}\u200b${text.slice(9)}\u202c`],
    ['a soft hyphen', `${text.slice(0, 60)}\u00ad${text.slice(60)}`],
    ['other hyphens', text.replaceAll('-', '\u2011')],
  ])('is read with %s', async (_what, pasted) => {
    expect(await readGivenSession(pasted)).toEqual({
      session: { ...OURS, authKey: expect.any(Uint8Array) },
    });
  });

  test('a backup is recognised despite line breaks added by e-mail', async () => {
    expect(await readGivenSession('"tgb1.AAAA\r\n BBBB"')).toEqual({ backup: 'tgb1.AAAABBBB' });
  });

  test.each(['', '   ', '""', '\u200b'])('%j is empty', async (nothing) => {
    await expect(readGivenSession(nothing)).rejects.toThrow('must not be empty');
  });
});

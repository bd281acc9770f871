import { describe, expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

const SEND = '/telegram/user/send';
const MESSAGE = { user_id: 'user1', recipient_id: 'me', text: 'Привет! 👋' };
const POST_PATHS = [
  SEND,
  '/telegram/user/auth/start',
  '/telegram/user/auth/resend',
  '/telegram/user/auth/cancel',
  '/telegram/user/auth/verify',
  '/telegram/user/disconnect',
];

describe('validation', () => {
  const USER_IDS: [unknown, string][] = [
    [undefined, 'is required'],
    ['', 'must not be empty'],
    ['../x', 'may hold only letters A-Z a-z, digits and _ . @ + -, not "/" (U+002F)'],
    ['a/b', 'may hold only letters A-Z a-z, digits and _ . @ + -, not "/" (U+002F)'],
    ['a\\b', 'may hold only letters A-Z a-z, digits and _ . @ + -, not "\\" (U+005C)'],
    ['a\0', 'may hold only letters A-Z a-z, digits and _ . @ + -, not U+0000'],
    ['a\n', 'may hold only letters A-Z a-z, digits and _ . @ + -, not U+000A'],
    ['иван', 'may hold only letters A-Z a-z, digits and _ . @ + -, not "и" (U+0438, Cyrillic)'],
    ['.', 'must not be "." or ".."'],
    ['..', 'must not be "." or ".."'],
    ['x'.repeat(65), 'must be at most 64 characters'],
    [7, 'must be a string'],
    [null, 'must be a string'],
    [{}, 'must be a string'],
  ];

  test.each(USER_IDS)('user_id %j is refused everywhere: %s', async (user_id, message) => {
    const { call } = queues.api();
    for (const path of POST_PATHS) {
      const { status, body } = await call(path, { body: { user_id } });
      expect([path, status]).toEqual([path, 400]);
      expect(body['issues']).toContainEqual({ path: 'user_id', message });
    }
  });

  test('a text of 4,097 units that may not be split is refused', async () => {
    const { call } = queues.api();
    const { status, body } = await call(SEND, {
      body: { ...MESSAGE, text: 'x'.repeat(4_097), split: false },
    });
    const message = 'must be at most 4096 UTF-16 units where split is false';
    expect([status, body['issues']]).toEqual([400, [{ path: 'text', message }]]);
  });

  test.each([
    [{ ...MESSAGE, text: undefined }, 'text', 'is required, or else media, location, contact or poll'],
    [{ ...MESSAGE, text: '' }, 'text', 'must not be empty'],
    [{ ...MESSAGE, text: ' \n ' }, 'text', 'must not be empty'],
    [{ ...MESSAGE, text: 5 }, 'text', 'must be a string'],
    [
      { ...MESSAGE, text: 'half \ud83d' },
      'text',
      'must be well-formed UTF-16: it holds half a surrogate pair',
    ],
    [{ ...MESSAGE, recipient_id: undefined }, 'recipient_id', 'is required'],
    [{ ...MESSAGE, recipient_id: true }, 'recipient_id', expect.stringContaining('must be a string, or ')],
    [
      { ...MESSAGE, recipient_id: '?' },
      'recipient_id',
      'must be a numeric id, @username, +phone, me (Saved Messages), a link such as https://t.me/name, or -100… for a channel',
    ],
    [{ ...MESSAGE, reply_to: 0 }, 'reply_to', expect.any(String)],
    [{ ...MESSAGE, silent: 'yes' }, 'silent', 'must be true or false'],
    [{ ...MESSAGE, link_preview: 1 }, 'link_preview', 'must be true or false'],
    [{ ...MESSAGE, parse_mode: 'rtf' }, 'parse_mode', 'must be markdown, markdown_lenient, html or none'],
    [{ ...MESSAGE, send_at: 'tomorrow' }, 'send_at', expect.stringContaining('RFC 3339')],
    [{ ...MESSAGE, send_at: '2030-01-01T00:00:00' }, 'send_at', expect.stringContaining('with its zone')],
    [{ ...MESSAGE, send_at: '9999-01-01T00:00:00Z' }, 'send_at', 'must be at most a year ahead'],
    [{ ...MESSAGE, split: 1 }, 'split', 'must be true or false'],
    [
      { ...MESSAGE, callback_url: 'ftp://example.org' },
      'callback_url',
      'must be an http:// or https:// address',
    ],
  ])('send: %j is refused at %s', async (body, path, message) => {
    const { call } = queues.api();
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION', issues: [{ path, message }] });
    expect(answer.body['message']).toContain(path);
  });

  test('a text of too many formatted pieces is refused', async () => {
    const text = '<b>a</b> '.repeat(22_001);
    const { status, body } = await queues
      .api()
      .call(SEND, { body: { ...MESSAGE, text, parse_mode: 'html' } });
    const message = 'must have at most 22000 formatted pieces: send it in several messages';
    expect([status, body['issues']]).toEqual([400, [{ path: 'text', message }]]);
  });

  test('at most 20 issues are told, with names cut short', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`${index}${'x'.repeat(100)}`, 1]),
    );
    const { body } = await queues.api().call(SEND, { body: { ...MESSAGE, ...fields } });
    expect(body['issues']).toHaveLength(20);
    expect(JSON.stringify(body).length).toBeLessThan(4_000);
  });
});

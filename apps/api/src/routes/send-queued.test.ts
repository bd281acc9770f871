import { describe, expect, test } from 'vitest';
import { body, SEND } from '../testing/a-send.ts';
import { testApi } from '../testing/test-api.ts';

describe('what is queued', () => {
  test('is the message, as it was given', async () => {
    const { producer, call } = testApi();
    await call(SEND, {
      body: { ...body, reply_to: 5, silent: true, link_preview: false },
      headers: { 'x-request-id': 'r1' },
    });
    const { text } = body;
    const data = {
      v: 1,
      userId: 'user1',
      recipient: '987654321',
      text,
      replyTo: 5,
      silent: true,
      linkPreview: false,
      requestId: 'r1',
    };
    expect(producer.sent).toEqual([{ name: 'send', data, sendAt: undefined, key: undefined, uploads: [] }]);
  });

  test('takes the recipient as a number too, and previews links by default', async () => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, recipient_id: -1001234567890 } });
    expect(producer.sent[0]?.data).toMatchObject({ recipient: '-1001234567890', linkPreview: true });
    expect(producer.sent[0]?.data).not.toHaveProperty('silent');
  });
});

describe('a message with a time of its own', () => {
  test('is queued for that time, and answered at once', async () => {
    const { producer, call } = testApi();
    const at = Date.now() + 3_600_000;
    const answer = await call(SEND, { body: { ...body, send_at: new Date(at).toISOString() } });
    expect(answer).toMatchObject({
      status: 202,
      body: { state: 'delayed', reason: 'SEND_AT', retry_at: new Date(at).toISOString() },
    });
    expect(producer.sent).toMatchObject([{ sendAt: at }]);
    expect(producer.waits).toEqual([]);
  });

  test('is sent now where that time is over', async () => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, send_at: '2020-01-01T03:00:00+03:00' } });
    expect(producer.waits).toHaveLength(1);
  });
});

describe('a text that is too long for one message', () => {
  test('is queued with where it is cut', async () => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, text: `${'x'.repeat(4_000)} ${'y'.repeat(4_000)}` } });
    expect(producer.sent[0]?.data['cuts']).toEqual([4_001]);
  });
});

test.each([
  { split: false, text: 'x'.repeat(4_097) },
  { split: false, text: `**${'x'.repeat(4_097)}**`, parse_mode: 'markdown' },
])('a text that may not be split and is too long is refused: %#', async (fields) => {
  const { producer, call } = testApi();
  const answer = await call(SEND, { body: { ...body, ...fields } });
  expect(answer).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'text', message: 'must be at most 4096 UTF-16 units where split is false' }] },
  });
  expect(producer.sent).toEqual([]);
});

describe('parse_mode', () => {
  test.each([
    ['markdown', '👋 **Привет**'],
    ['html', '👋 <b>Привет</b>'],
  ])('%s is stored as plain text with entities', async (parse_mode, text) => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, parse_mode, text } });
    expect(producer.sent[0]?.data).toMatchObject({
      text: '👋 Привет',
      entities: [{ type: 'bold', offset: 3, length: 6 }],
    });
  });

  test.each([{}, { parse_mode: 'none' }])('%j leaves the text as it is', async (mode) => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, ...mode, text: '<b>**x' } });
    expect(producer.sent[0]?.data['text']).toBe('<b>**x');
    expect(producer.sent[0]?.data).not.toHaveProperty('entities');
  });

  test.each([
    ['markdown', 'one\n**two', /line 2, column 1/],
    ['html', 'one\n<b>two', /line 2, column 1/],
  ])('%s with a fault is refused with its place, and nothing is sent', async (parse_mode, text, place) => {
    const { producer, call } = testApi();
    const answer = await call(SEND, { body: { ...body, parse_mode, text } });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: 'text', message: expect.stringMatching(place) }] },
    });
    expect(producer.sent).toEqual([]);
  });

  test.each(['markdown_lenient', 'MARKDOWN_LENIENT'])(
    '%s formats what it can and refuses nothing',
    async (parse_mode) => {
      const { producer, call } = testApi();
      const texts = [
        '# 标题\n**重要：**请',
        'one\n**two',
        '- a\n- `b`',
        '<b> </b>',
        '[x](/y)',
        `**bold**${' word'.repeat(3_000)}`,
      ];
      for (const text of texts)
        expect(await call(SEND, { body: { ...body, parse_mode, text } })).toMatchObject({ status: 202 });
      expect(producer.sent.map(({ data }) => [String(data['text']).slice(0, 10), data['entities']])).toEqual([
        [
          '标题\n\n重要：请',
          [
            { type: 'bold', offset: 0, length: 2 },
            { type: 'bold', offset: 4, length: 3 },
          ],
        ],
        ['one\n**two', undefined],
        ['• a\n• b', [{ type: 'code', offset: 6, length: 1 }]],
        ['<b> </b>', undefined],
        ['x (/y)', undefined],
        ['bold word ', [{ type: 'bold', offset: 0, length: 4 }]],
      ]);
    },
  );

  test('with nothing but markup is refused', async () => {
    const answer = await testApi().call(SEND, { body: { ...body, parse_mode: 'html', text: '<b> </b>' } });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: 'text' }] } });
  });

  test('does not count markup as length', async () => {
    const { producer, call } = testApi();
    await call(SEND, {
      body: { ...body, parse_mode: 'html', split: false, text: `<b>${'x'.repeat(4_096)}</b>` },
    });
    expect(producer.sent).toHaveLength(1);
  });
});

describe('callback_url', () => {
  test('goes with the job', async () => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, callback_url: 'https://example.org/hook?x=1' } });
    expect(producer.sent[0]?.data['callbackUrl']).toBe('https://example.org/hook?x=1');
  });

  test.each([
    'ftp://example.org',
    'example.org',
    '',
    'javascript:alert(1)',
    `https://x.org/${'x'.repeat(2_000)}`,
  ])('%j is refused', async (callback_url) => {
    const answer = await testApi().call(SEND, { body: { ...body, callback_url } });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: 'callback_url' }] } });
  });
});

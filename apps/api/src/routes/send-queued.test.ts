import { describe, expect, test } from 'vitest';
import { body, SEND, SENT } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';

const queues = useRealQueues();

/** A new account that sends. `queued` is the data of the job that its worker fetches next. */
async function account() {
  const { owner, producer } = queues;
  const userId = await owner.newAccount(READY);
  const { call } = queues.api();
  return {
    userId,
    send: (fields: object, headers: Record<string, string> = { prefer: 'respond-async' }) =>
      call(SEND, { body: { ...body, user_id: userId, ...fields }, headers }),
    queued: async () => (await owner.fetch(userId)).data,
    fetch: () => owner.fetch(userId),
    pending: () => producer.pending(userId),
  };
}

const NOTHING = { waiting: 0, delayed: 0, active: 0 };

describe('what is queued', () => {
  test('is the message, as it was given', async () => {
    const { userId, send, queued } = await account();
    await send(
      { reply_to: 5, silent: true, link_preview: false },
      { 'x-request-id': 'r1', prefer: 'respond-async' },
    );
    expect(await queued()).toEqual({
      v: 1,
      userId,
      recipient: '987654321',
      text: body.text,
      replyTo: 5,
      silent: true,
      linkPreview: false,
      requestId: 'r1',
      digest: '',
    });
  });

  test('takes the recipient as a number too, and previews links by default', async () => {
    const { send, queued } = await account();
    await send({ recipient_id: -1001234567890 });
    const data = await queued();
    expect(data).toMatchObject({ recipient: '-1001234567890', linkPreview: true });
    expect(data).not.toHaveProperty('silent');
  });
});

describe('a message with a time of its own', () => {
  test('is queued for that time, and answered at once', async () => {
    const { send, pending } = await account();
    const at = new Date(Date.now() + 3_600_000).toISOString();
    expect(await send({ send_at: at }, {})).toMatchObject({
      status: 202,
      body: { state: 'delayed', reason: 'SEND_AT', retry_at: at },
    });
    expect(await pending()).toEqual({ ...NOTHING, delayed: 1 });
  });

  test('is sent now where that time is over', async () => {
    const { send, fetch } = await account();
    const answer = send({ send_at: '2020-01-01T03:00:00+03:00' }, {});
    await (await fetch()).complete(SENT);
    expect((await answer).status).toBe(200);
  });
});

test('a text that is too long for one message is queued with where it is cut', async () => {
  const { send, queued } = await account();
  await send({ text: `${'x'.repeat(4_000)} ${'y'.repeat(4_000)}` });
  expect((await queued())['cuts']).toEqual([4_001]);
});

test.each([
  { split: false, text: 'x'.repeat(4_097) },
  { split: false, text: `**${'x'.repeat(4_097)}**`, parse_mode: 'markdown' },
])('a text that may not be split and is too long is refused: %#', async (fields) => {
  const { send, pending } = await account();
  expect(await send(fields)).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'text', message: 'must be at most 4096 UTF-16 units where split is false' }] },
  });
  expect(await pending()).toEqual(NOTHING);
});

describe('parse_mode', () => {
  test.each([
    ['markdown', '👋 **Привет**'],
    ['html', '👋 <b>Привет</b>'],
  ])('%s is stored as plain text with entities', async (parse_mode, text) => {
    const { send, queued } = await account();
    await send({ parse_mode, text });
    expect(await queued()).toMatchObject({
      text: '👋 Привет',
      entities: [{ type: 'bold', offset: 3, length: 6 }],
    });
  });

  test.each([{}, { parse_mode: 'none' }])('%j leaves the text as it is', async (mode) => {
    const { send, queued } = await account();
    await send({ ...mode, text: '<b>**x' });
    const data = await queued();
    expect(data['text']).toBe('<b>**x');
    expect(data).not.toHaveProperty('entities');
  });

  test.each([
    ['markdown', 'one\n**two', /line 2, column 1/],
    ['html', 'one\n<b>two', /line 2, column 1/],
  ])('%s with a fault is refused with its place, and nothing is sent', async (parse_mode, text, place) => {
    const { send, pending } = await account();
    expect(await send({ parse_mode, text })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: 'text', message: expect.stringMatching(place) }] },
    });
    expect(await pending()).toEqual(NOTHING);
  });

  test.each(['markdown_lenient', 'MARKDOWN_LENIENT'])(
    '%s formats what it can and refuses nothing',
    async (parse_mode) => {
      const { send, fetch } = await account();
      const texts = [
        '# 标题\n**重要：**请',
        'one\n**two',
        '- a\n- `b`',
        '<b> </b>',
        '[x](/y)',
        `**bold**${' word'.repeat(3_000)}`,
      ];
      const queued: unknown[] = [];
      for (const text of texts) {
        expect(await send({ parse_mode, text })).toMatchObject({ status: 202 });
        const job = await fetch();
        queued.push([String(job.data['text']).slice(0, 10), job.data['entities']]);
        await job.complete(SENT);
      }
      expect(queued).toEqual([
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
    const { send } = await account();
    expect(await send({ parse_mode: 'html', text: '<b> </b>' })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'text' }] },
    });
  });

  test('does not count markup as length', async () => {
    const { send } = await account();
    const text = `<b>${'x'.repeat(4_096)}</b>`;
    expect(await send({ parse_mode: 'html', split: false, text })).toMatchObject({ status: 202 });
  });
});

describe('callback_url', () => {
  test('goes with the job', async () => {
    const { send, queued } = await account();
    await send({ callback_url: 'https://example.org/hook?x=1' });
    expect((await queued())['callbackUrl']).toBe('https://example.org/hook?x=1');
  });

  test.each([
    'ftp://example.org',
    'example.org',
    '',
    'javascript:alert(1)',
    `https://x.org/${'x'.repeat(2_000)}`,
  ])('%j is refused', async (callback_url) => {
    const { send } = await account();
    expect(await send({ callback_url })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'callback_url' }] },
    });
  });
});

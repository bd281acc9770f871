import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { Sender } from './sender.ts';

const LOCATION = { latitude: 52.52, longitude: 13.405, accuracy: 12 };
const CONTACT = { phone_number: '+79991234567', first_name: 'Eva', last_name: 'Sun' };
const POLL = { question: 'Tea?', options: ['yes', 'no'] };
/** Each of them, where it may go to, and how the sandbox shows it. */
const ATTACHMENTS: [name: string, to: string, fields: object, shown: object][] = [
  ['location', BOB, { location: LOCATION }, { type: 'location', ...LOCATION }],
  [
    'live location',
    BOB,
    { location: { ...LOCATION, live_seconds: 60 } },
    { type: 'location', ...LOCATION, live_seconds: 60 },
  ],
  ['contact', BOB, { contact: CONTACT }, { type: 'contact', ...CONTACT }],
  ['poll', 'me', { poll: POLL }, { type: 'poll', ...POLL, multiple: false, anonymous: true }],
  [
    'quiz',
    'me',
    { poll: { ...POLL, correct_option: 1 } },
    { type: 'poll', ...POLL, multiple: false, anonymous: true, correct_option: 1 },
  ],
  [
    'open poll with several answers',
    'me',
    { poll: { ...POLL, multiple: true, anonymous: false } },
    { type: 'poll', ...POLL, multiple: true, anonymous: false },
  ],
];

/** `location`, `contact` and `poll`. */
export const attachments = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  let sender: Sender;
  beforeAll(async () => {
    ({ stack, alice, bob } = product());
    sender = await Sender.in(product());
  });

  test.each(ATTACHMENTS)('a %s goes out as it is', async (_name, recipient_id, fields, shown) => {
    const { status, body } = await sender.send({ recipient_id, ...fields, silent: true });
    const { type } = shown as { type: string };
    expect([status, body.media]).toEqual([200, [{ file_id: null, type, size: null, mime_type: null }]]);
    const message = await sender.sent(body.message_id, recipient_id === 'me' ? alice : bob);
    expect(message).toMatchObject({ text: '', silent: true });
    expect(message?.media).toEqual(shown);
  });

  test('another client reads them as they were sent', async () => {
    const messages = await sender.received();
    for (const fields of [
      { location: LOCATION },
      { location: { ...LOCATION, live_seconds: 900 } },
      { contact: CONTACT },
    ])
      expect((await sender.send(fields)).status).toBe(200);
    expect(
      (await sender.sendToForum({ poll: { ...POLL, correct_option: 1 }, topic_id: sender.topic })).status,
    ).toBe(200);
    await expect.poll(() => messages.length).toBe(4);
    expect(messages.map(({ media }) => media)).toMatchObject([
      { type: 'location', latitude: LOCATION.latitude, longitude: LOCATION.longitude, radius: 12 },
      { type: 'live_location', period: 900 },
      { type: 'contact', phoneNumber: CONTACT.phone_number, firstName: 'Eva', lastName: 'Sun' },
      { type: 'poll', question: 'Tea?', isQuiz: true, answers: [{ text: 'yes' }, { text: 'no' }] },
    ]);
  });

  test.each([
    ['before', 'original'],
    ['after', 'error'],
  ] as const)(
    'each goes out once over an answer that was lost %s it took effect, where Telegram answers a repeat by its %s',
    async (drop, repeated) => {
      await stack.control.answerRepeatedSends(repeated);
      for (const [name, recipient_id, fields, shown] of ATTACHMENTS.slice(0, 4)) {
        const to = recipient_id === 'me' ? alice : bob;
        const count = async () => (await stack.control.messages({ from: alice, to })).length;
        const before = await count();
        await stack.control.fault({ user_id: alice, method: 'messages.sendMedia', drop });
        const { status, body } = await sender.send({ recipient_id, ...fields });
        expect([name, status, await count()]).toEqual([name, 200, before + 1]);
        expect((await sender.sent(body.message_id, to))?.media).toEqual(shown);
      }
    },
  );

  test('a poll to a person is MEDIA_REFUSED', async () => {
    expect(await sender.send({ poll: POLL })).toMatchObject({
      status: 422,
      body: { code: 'MEDIA_REFUSED', rpc_error: 'MEDIA_INVALID', kind: 'permanent' },
    });
  });

  test('they may be in a batch, and an Idempotency-Key tells them apart', async () => {
    const item = { type: 'send', user_id: 'alice', recipient_id: BOB };
    const batch = await stack.api.post('/telegram/user/batch', {
      actions: [
        { ...item, location: LOCATION },
        { ...item, location: LOCATION, text: 'x' },
      ],
    });
    expect(batch.body.jobs).toMatchObject([{ job_id: expect.any(String) }, { code: 'VALIDATION' }]);
    const key = { 'Idempotency-Key': 'a-place' };
    const { body } = await sender.send({ location: LOCATION }, key);
    expect((await sender.send({ location: LOCATION }, key)).body).toEqual(body);
    const elsewhere = { location: { ...LOCATION, latitude: 1 } };
    expect((await sender.send(elsewhere, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
  });

  test.each<[path: string, wrong: object]>([
    ['text', { text: 'x', location: LOCATION }],
    ['text', { text: 'x', poll: POLL }],
    ['poll', { location: LOCATION, poll: POLL }],
    ['location', { location: LOCATION, media: [{ type: 'photo', url: 'https://example.com/a.jpg' }] }],
    ['text', { location: null }],
    ['location.latitude', { location: { ...LOCATION, latitude: 90.1 } }],
    ['location.longitude', { location: { latitude: 1 } }],
    ['location.live_seconds', { location: { ...LOCATION, live_seconds: 59 } }],
    ['location.live_seconds', { location: { ...LOCATION, live_seconds: 86_401 } }],
    ['contact.phone_number', { contact: { ...CONTACT, phone_number: 'x' } }],
    ['contact.first_name', { contact: { ...CONTACT, first_name: ' ' } }],
    ['poll.options', { poll: { ...POLL, options: ['one'] } }],
    ['poll.options', { poll: { ...POLL, options: Array.from({ length: 11 }, String) } }],
    ['poll.multiple', { poll: { ...POLL, multiple: true, correct_option: 0 } }],
    ['poll.correct_option', { poll: { ...POLL, correct_option: 2 } }],
    ['poll.question', { poll: { ...POLL, question: '' } }],
  ])('a wrong %s is 400: %#', async (path, wrong) => {
    expect(await sender.send(wrong)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path }] },
    });
  });
};

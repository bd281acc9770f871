import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627001';
const BOB = '+9996627002';

describe('What people paste', () => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({ SEND_WAIT_MS: '15000', SEND_PACE: 'off' });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.control.createAccount({ phone: BOB, first_name: 'Bob', username: 'bob_pasted' });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  test.each([
    '\u202a+9996627002\u202c',
    '+۹۹۹۶۶۲۷۰۰۲',
    '＋９９９６６２７００２',
    'tel:+999-662-70-02',
    't.me/+9996627002',
    '@bob_pasted\u200b',
    '＠ｂｏｂ_pasted',
    '<@Bob_Pasted>',
    'https://t.me/bob_pasted/12.',
    'bob_pasted.t.me',
    'tg://resolve?domain=bob_pasted',
    'https://web.telegram.org/k/#@bob_pasted',
  ])('a message to %j reaches Bob', async (recipient) => {
    expect(await stack.api.send('alice', recipient, `to ${recipient}`)).toMatchObject({ status: 200 });
    expect((await stack.control.messages({ from: alice, to: bob })).at(-1)?.text).toContain('to ');
  });

  test('a link to a private channel names it by its id', async () => {
    const { id } = await stack.control.createChat({ title: 'Private', kind: 'channel', members: [alice] });
    await stack.api.send('alice', 'me', 'a first message');
    const bare = String(id).replace(/^-100/, '');
    expect(await stack.api.send('alice', `https://t.me/c/${bare}/456`, 'by its link')).toMatchObject({
      status: 200,
    });
  });

  test('what names nobody for sure is a 400 that names the field, and nothing is queued', async () => {
    for (const recipient of [
      't.me/joinchat/AAAA',
      '009996627002',
      '8 (999) 662-70-02',
      '@bоb_pasted',
      1e13,
      '-2e9',
    ]) {
      const answer = await stack.api.send('alice', recipient, 'x');
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path: 'recipient_id' }] },
      });
    }
    expect((await stack.api.status('alice')).body.pending).toEqual({ waiting: 0, delayed: 0, active: 0 });
  });

  test('a sign-in takes phone and code as they were pasted, and Telegram is asked only for what can be the code', async () => {
    const started = await stack.api.startSignIn('carol', '\u202a＋۹۹۹ (662) 10‑91\u202c');
    expect(started).toMatchObject({ status: 200, body: { status: 'code_sent', code_length: 5 } });
    // More than Telegram allows, were it asked.
    for (const phone_code of ['2222', '222222', 'abcde', '2222O', 'code', '١٢', '22222 or 33333', 222_222])
      expect(await stack.api.verify('carol', { phone_code })).toMatchObject({
        status: 400,
        body: {
          code: 'PHONE_CODE_INVALID',
          issues: [{ path: 'phone_code', message: expect.stringMatching(/^must be the 5/) }],
        },
      });
    expect(
      await stack.api.verify('carol', { phone_code: 'Login code: ٢٢-٢٢٢. Do not give it' }),
    ).toMatchObject({
      status: 200,
      body: { status: 'authorized', user: { phone_number: '+9996621091' } },
    });
  });

  test('a password is taken to the letter', async () => {
    const phone = '+9996623092';
    await stack.control.createAccount({ phone, first_name: 'Dan', password: ' p\u200b１ ' });
    await stack.api.startSignIn('dan', phone);
    await stack.api.verify('dan', { phone_code: '22222' });
    for (const password of ['p\u200b１', ' p１ ', ' p\u200b1 '])
      expect(await stack.api.verify('dan', { password })).toMatchObject({
        body: { code: 'PASSWORD_INVALID' },
      });
    expect(await stack.api.verify('dan', { password: ' p\u200b１ ' })).toMatchObject({ status: 200 });
  });

  test('send_at takes every time of RFC 3339, and says what is wrong with the others', async () => {
    const message = { user_id: 'alice', recipient_id: BOB, text: 'in time' };
    for (const send_at of [
      '2016-12-31T23:59:60Z',
      '2024-02-29t10:00:00.123456789z',
      '2024-02-29 10:00:00-00:00',
    ])
      expect(await stack.api.post('/telegram/user/send', { ...message, send_at })).toMatchObject({
        status: 200,
      });
    for (const send_at of ['2023-02-29T10:00:00Z', '2024-02-29T10:00:00+24:00', '2024-02-29T10:00:60Z'])
      expect(await stack.api.post('/telegram/user/send', { ...message, send_at })).toMatchObject({
        status: 400,
        body: {
          issues: [{ path: 'send_at', message: expect.stringMatching(/^must be a time that exists/) }],
        },
      });
  });

  test('an invisible character in a user_id is named', async () => {
    const { status, body } = await stack.api.startSignIn('bob\u200b', BOB);
    expect([status, body.issues]).toEqual([
      400,
      [{ path: 'user_id', message: expect.stringContaining('not U+200B') }],
    ]);
  });
});

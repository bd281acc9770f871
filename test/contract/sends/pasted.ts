import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { ALICE, type AliceAndBob } from '../../env/use-stack.ts';

const PAT = '+9996627009';

/** Recipients, phones, codes and times as people paste them. */
export const pasted = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let pat: number;
  beforeAll(async () => {
    ({ stack, alice } = product());
    pat = await stack.control.createAccount({ phone: PAT, first_name: 'Pat', username: 'pat_pasted' });
  });

  test.each([
    '\u202a+9996627009\u202c',
    '+۹۹۹۶۶۲۷۰۰۹',
    '＋９９９６６２７００９',
    'tel:+999-662-70-09',
    '(+999) 662-70-09',
    't.me/+9996627009',
    '@pat_pasted\u200b',
    '＠ｐａｔ_pasted',
    '<@Pat_Pasted>',
    'https://t.me/pat_pasted/12.',
    'pat_pasted.t.me',
    'tg://resolve?domain=pat_pasted',
    'https://web.telegram.org/k/#@pat_pasted',
  ])('a message to %j reaches Pat', async (recipient) => {
    expect(await stack.api.send('alice', recipient, `to ${recipient}`)).toMatchObject({ status: 200 });
    expect((await stack.control.messages({ from: alice, to: pat })).at(-1)?.text).toContain('to ');
  });

  test('a link to a private channel names it by its id', async () => {
    const { id } = await stack.control.createChat({ title: 'Private', kind: 'channel', members: [alice] });
    await stack.api.send('alice', 'me', 'a first message');
    const bare = String(id).replace(/^-100/, '');
    expect(await stack.api.send('alice', `https://t.me/c/${bare}/456`, 'by its link')).toMatchObject({
      status: 200,
    });
  });

  test('a recipient that cannot exist is a 400 that names the field, and nothing is queued', async () => {
    for (const recipient of [
      't.me/joinchat/AAAA',
      '009996627009',
      '8 (999) 662-70-09',
      '@pаt_pasted',
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

  test('a sign-in accepts pasted phones and codes, and asks Telegram only if the text can be the code', async () => {
    const started = await stack.api.startSignIn('erin', '\u202a＋۹۹۹ (662) 10‑91\u202c');
    expect(started).toMatchObject({ status: 200, body: { status: 'code_sent', code_length: 5 } });
    // More tries than Telegram would allow.
    for (const phone_code of ['2222', '222222', 'abcde', '2222O', 'code', '١٢', '22222 or 33333', 222_222])
      expect(await stack.api.verify('erin', { phone_code })).toMatchObject({
        status: 400,
        body: {
          code: 'PHONE_CODE_INVALID',
          issues: [{ path: 'phone_code', message: expect.stringMatching(/^must be the 5/) }],
        },
      });
    expect(
      await stack.api.verify('erin', { phone_code: 'Login code: ٢٢-٢٢٢. Do not give it' }),
    ).toMatchObject({
      status: 200,
      body: { status: 'authorized', user: { phone_number: '+9996621091' } },
    });
  });

  test('a password is used unchanged', async () => {
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

  test('send_at accepts every RFC 3339 time, and the error for others says what is wrong', async () => {
    const message = { user_id: 'alice', recipient_id: PAT, text: 'in time' };
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
    const { status, body } = await stack.api.startSignIn('bob\u200b', PAT);
    expect([status, body.issues]).toEqual([
      400,
      [{ path: 'user_id', message: expect.stringContaining('not U+200B') }],
    ]);
  });

  const isMissing = (answer: unknown) =>
    expect(answer).toMatchObject({ status: 404, body: { code: 'RECIPIENT_NOT_FOUND' } });

  test('a name that was not found is looked up again for a new request, and for a retried job', async () => {
    isMissing(await stack.api.send('alice', '@later_pasted', 'too early'));
    const failed = await stack.api.send('alice', '@later_pasted', 'too early as well');
    isMissing(failed);
    await stack.control.createAccount({ phone: '+12025550193', first_name: 'Eve', username: 'later_pasted' });
    expect(await stack.api.send('alice', '@later_pasted', 'now')).toMatchObject({ status: 200 });
    await stack.api.post(`/jobs/${failed.body.job_id}/retry`, undefined);
    expect((await stack.api.get(`/jobs/${failed.body.job_id}?wait=15`)).body.state).toBe('completed');
  });

  test('a manual retry looks up again without a new request', async () => {
    const failed = await stack.api.send('alice', '+12025550194', 'too early');
    isMissing(failed);
    await stack.control.createAccount({ phone: '+12025550194', first_name: 'Fay' });
    await stack.api.post(`/jobs/${failed.body.job_id}/retry`, undefined);
    expect((await stack.api.get(`/jobs/${failed.body.job_id}?wait=15`)).body.state).toBe('completed');
  });

  test('a batch of one typo asks Telegram once', async () => {
    await stack.control.fault({
      phone: ALICE,
      method: 'contacts.resolveUsername',
      error: 'USERNAME_NOT_OCCUPIED',
      times: 1,
    });
    await stack.control.createAccount({ phone: '+12025550195', first_name: 'Gus', username: 'typo_pasted' });
    const messages = Array.from({ length: 20 }, (_, index) => ({
      user_id: 'alice',
      recipient_id: '@typo_pasted',
      text: `batch ${index}`,
    }));
    // Accepted as a batch while the account is paused, so that all are older than Telegram's answer.
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    const { body } = await stack.api.post('/telegram/user/send/batch', { messages });
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    for (const [index, { job_id }] of body.jobs.entries())
      expect((await stack.api.get(`/jobs/${job_id}?wait=15`)).body).toMatchObject({
        state: 'failed',
        attempts: index === 0 ? 1 : 0,
        error: { code: 'RECIPIENT_NOT_FOUND' },
      });
    // A second look-up would have found it.
    expect(await stack.api.send('alice', '@typo_pasted', 'asked again')).toMatchObject({ status: 200 });
  });

  test('the error tells an existing name that Telegram refuses from an unknown one; digits alone need a plus', async () => {
    const fault = { phone: ALICE, method: 'messages.sendMessage', error: 'PEER_ID_INVALID', times: 2 };
    await stack.control.fault(fault);
    const refused = await stack.api.send('alice', '@pat_pasted', 'x');
    isMissing(refused);
    expect(refused.body).toMatchObject({
      rpc_error: 'PEER_ID_INVALID',
      message: expect.stringMatching(/^@pat_pasted exists, but/),
    });
    await stack.control.clearFaults();
    const digits = await stack.api.send('alice', '79991234567', 'x');
    isMissing(digits);
    expect(digits.body.message).toContain('write it with its +: +79991234567');
  });
};

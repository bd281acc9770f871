import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';
import { telethonFile, telethonString } from '../env/telethon.ts';

const BOB = '+9996628402';
const PASSPHRASE = 'correct horse battery';

describe('Import and export of sessions', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({ API_KEYS: 'everything,of-bob:bob' });
    stack.api.headers = { Authorization: 'Bearer everything' };
    await stack.signIn('bob', BOB);
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const made = (phone: string) => stack.control.createSession(phone);
  const importAs = (user_id: string, session: string, more = {}) =>
    stack.api.post('/telegram/user/import', { user_id, session, exclusive: true, ...more });
  const exportOf = (user_id: string, more = {}) =>
    stack.api.post('/telegram/user/export', { user_id, passphrase: PASSPHRASE, ...more });
  const state = async (userId: string) => (await stack.api.status(userId)).body;

  test('a string session: signed in with its user, and sends', async () => {
    const session = await made('+9996628411');
    const answer = await importAs('string', telethonString(session));
    expect(answer).toMatchObject({ status: 200, body: { status: 'authorized', user: { id: session.id } } });
    expect(await state('string')).toMatchObject({ state: 'ready', user_info: { id: session.id } });
    expect((await stack.api.send('string', BOB, 'brought along')).status).toBe(200);
    expect((await importAs('string', telethonString(session))).body.code).toBe('ALREADY_AUTHORIZED');
  });

  test('a .session file of Telethon, also of another data centre', async () => {
    const session = await made('+9996638412');
    const file = (await telethonFile(session)).toString('base64');
    expect(await importAs('telethon', file)).toMatchObject({
      status: 200,
      body: { user: { id: session.id } },
    });
    expect((await stack.api.send('telethon', BOB, 'out of a file')).status).toBe(200);
  });

  test('a session has one owner: it is refused under another name, and `exclusive` is required', async () => {
    const session = telethonString(await made('+9996628413'));
    expect((await importAs('first', session)).status).toBe(200);
    expect(await importAs('second', session)).toMatchObject({
      status: 409,
      body: { code: 'SESSION_IN_USE' },
    });
    expect((await state('second')).state).toBe('none');
    const other = telethonString(await made('+9996628414'));
    const both = await Promise.all([importAs('one', other), importAs('two', other)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const silent = await stack.api.post('/telegram/user/import', { user_id: 'x', session });
    expect(silent).toMatchObject({ status: 400, body: { issues: [{ path: 'exclusive' }] } });
    expect((await stack.control.counters()).duplicated).toBe(0);
  });

  test('an invalid session and one unknown to Telegram leave nothing behind', async () => {
    for (const session of ['hello', 'U1FMaXRlIGZvcm1hdCAzAA==', '1AAAA'])
      expect(await importAs('nothing', session)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path: 'session' }] },
      });
    const session = await made('+9996628415');
    await stack.control.revoke(session.id);
    const answer = await importAs('nothing', telethonString(session));
    expect(answer).toMatchObject({ status: 401, body: { code: 'NOT_AUTHORIZED' } });
    expect((await state('nothing')).state).toBe('none');
    const unknown = { dc: 2, auth_key: Buffer.alloc(256, 7).toString('base64url') };
    expect((await importAs('nothing', telethonString(unknown))).status).toBe(401);
    expect((await state('nothing')).state).toBe('none');
  });

  test('a backup: sealed, opened by its passphrase alone, restored elsewhere', async () => {
    const id = await stack.signIn('moving', '+9996628416');
    expect((await exportOf('moving', { passphrase: 'short' })).body.issues).toMatchObject([
      { path: 'passphrase' },
    ]);
    const { status, body } = await exportOf('moving', { detach: true });
    expect(status).toBe(200);
    expect(await state('moving')).toMatchObject({ state: 'ready', reason: 'EXPORTED' });
    const waiting = await stack.api.send('moving', BOB, 'kept', { Prefer: 'respond-async' });
    expect(waiting.body).toMatchObject({ state: 'delayed', reason: 'EXPORTED' });
    // This installation no longer uses the exported session.
    await stack.api.status('moving', '?live=true');
    expect((await stack.api.startSignIn('moving', '+9996628416')).body.code).toBe('ALREADY_AUTHORIZED');

    await using elsewhere = await Stack.start(await stack.telegramSettings());
    const restore = (passphrase: string) =>
      elsewhere.api.post('/telegram/user/import', {
        user_id: 'moved',
        session: body.backup,
        passphrase,
        exclusive: true,
      });
    expect((await restore('another passphrase')).body.issues).toMatchObject([{ path: 'passphrase' }]);
    expect(await restore(PASSPHRASE)).toMatchObject({ status: 200, body: { user: { id } } });
    expect((await elsewhere.api.send('moved', BOB, 'from elsewhere')).status).toBe(200);

    await stack.api.post('/telegram/user/disconnect', { user_id: 'moving', logout: false, forget: true });
    expect((await stack.api.get(`/jobs/${waiting.body.job_id}?wait=30`)).body.error.code).toBe(
      'ACCOUNT_DISCONNECTED',
    );
    expect((await elsewhere.api.send('moved', BOB, 'still good')).status).toBe(200);
    expect((await stack.control.counters()).duplicated).toBe(0);
  });

  test('without `detach` the account continues; a detached one continues after resume', async () => {
    await stack.signIn('kept', '+9996628417');
    expect((await exportOf('kept')).status).toBe(200);
    expect((await stack.api.send('kept', BOB, 'goes on')).status).toBe(200);
    await exportOf('kept', { detach: true });
    await stack.api.post('/telegram/user/resume', { user_id: 'kept' });
    expect((await stack.api.send('kept', BOB, 'goes on again')).status).toBe(200);
    expect((await exportOf('nobody')).body.code).toBe('NOT_AUTHORIZED');
  });

  test('a key that may not use the account is refused', async () => {
    const ofBob = { Authorization: 'Bearer of-bob' };
    for (const [path, body] of [
      ['import', { user_id: 'string', session: 'x', exclusive: true }],
      ['export', { user_id: 'string', passphrase: PASSPHRASE }],
    ] as const)
      expect((await stack.api.post(`/telegram/user/${path}`, body, ofBob)).status).toBe(403);
  });

  test('no log contains a session or a passphrase', () => {
    const logs = stack.apiProcess.output + stack.worker.output;
    expect(logs).toContain('session.import');
    expect(logs).not.toContain(PASSPHRASE);
    expect(logs).not.toMatch(/tgb1\.|v1\.\d\.|1[A-Za-z0-9+/]{340}/);
  });
});

import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DirectTelegram } from '../../testing/direct-telegram.ts';
import { ControlClient } from './testing/control-client.ts';

const PHONE = '+79991234567';
/** How the test's clients introduce themselves. */
const DEVICE = { device_model: 'test', app_version: '1' };

describe('the control API', () => {
  let control: ControlClient;
  let telegram: DirectTelegram;
  beforeEach(async () => {
    control = await ControlClient.open();
    ({ telegram } = control);
  });
  afterEach(async () => {
    await control.close();
    expect(control.errors).toEqual([]);
  });

  test('returns the latest code, in whatever notation the phone is written', async () => {
    await telegram.client('key').sendCode('+9996621001');
    const answer = { status: 200, body: { phone: '+9996621001', code: '22222', delivery: 'app' } };
    for (const phone of ['+9996621001', '9996621001', '%2B9996621001'])
      expect(await control.ask('GET', `/codes/${phone}`)).toEqual(answer);
    expect(await control.ask('GET', `/codes/${PHONE}`)).toMatchObject({
      status: 404,
      body: { status: 'error', message: expect.stringContaining(PHONE) },
    });
    expect(await control.ask('GET', '/codes/nobody')).toMatchObject({ status: 400 });
  });

  test('creates accounts; a repeat changes nothing, other data is a conflict', async () => {
    const account = {
      phone: PHONE,
      first_name: 'Иван',
      last_name: 'Иванов',
      username: 'ivan_ivanov',
      password: 'x',
      hint: 'y',
    };
    const made = await control.ask('POST', '/accounts', account);
    expect(made).toEqual({
      status: 201,
      body: {
        id: expect.any(Number),
        phone: PHONE,
        first_name: 'Иван',
        last_name: 'Иванов',
        username: 'ivan_ivanov',
        has_password: true,
        dc: 2,
      },
    });
    expect(await control.ask('POST', '/accounts', account)).toEqual({ ...made, status: 200 });
    for (const other of [{ first_name: 'Пётр' }, { password: 'z' }, { username: 'other' }, { dc: 1 }]) {
      const [field] = Object.keys(other);
      expect(await control.ask('POST', '/accounts', { ...account, ...other })).toMatchObject({
        status: 409,
        body: { status: 'error', message: expect.stringContaining(`another ${field}`) },
      });
    }
    expect(
      await control.ask('POST', '/accounts', { ...account, phone: '+79990000000', username: 'IVAN_ivanov' }),
    ).toMatchObject({ status: 409 });
    expect(await control.ask('GET', '/accounts')).toEqual({ status: 200, body: [made.body] });
  });

  test.each([
    ['/accounts', { phone: 'x', first_name: 'A' }, 'phone'],
    ['/accounts', { phone: PHONE }, 'first_name'],
    ['/accounts', { phone: PHONE, first_name: 'A', dc: 9 }, 'dc'],
    ['/accounts', { phone: PHONE, first_name: 'A', pasword: 'x' }, 'pasword'],
    ['/accounts', 'no JSON', 'JSON'],
    ['/chats', { title: 'T', kind: 'party', members: [1] }, 'kind'],
    ['/faults', { method: 'messages.sendMesage', error: 'PEER_FLOOD' }, 'method'],
    ['/faults', { method: 'messages.sendMessage' }, 'error'],
    ['/faults', { method: '*', error: 'FLOOD_WAIT_X' }, 'number'],
    ['/faults', { method: '*', error: 'flood' }, 'error'],
    ['/faults', { method: '*', drop: 'during' }, 'drop'],
    ['/faults', { method: '*', transport: 404 }, 'transport'],
    ['/faults', { method: '*', transport: -404, error: 'PEER_FLOOD' }, 'not both'],
    ['/accounts', { phone: '+79991234567', first_name: 'x', email: 'nobody' }, 'email'],
    ['/faults', { method: '*', drop: 'after', times: 0 }, 'times'],
    ['/login-tokens/accept', { phone: PHONE }, 'token'],
    ['/login-tokens/accept', { token: 'AAAA' }, 'phone'],
    ['/login-tokens/accept', { url: 'https://t.me/', phone: '+9996621001' }, 'url'],
    ['/revoke', { id: 'x' }, 'id'],
    ['/settings', { repeated_random_id: 'x' }, 'repeated_random_id'],
  ])('POST %s %j is a 400 that names the fault', async (path, body, named) => {
    expect(await control.ask('POST', path, body)).toEqual({
      status: 400,
      body: { status: 'error', message: expect.stringContaining(named) },
    });
  });

  test('makes an account scan a QR code, by its url or its token', async () => {
    const phone = '+9996621001';
    const app = { api_id: 1, api_hash: 'hash', except_ids: [] };
    const shown = async (key: string) => {
      const { token } = await telegram.client(key).call('auth.exportLoginToken', app);
      return Buffer.from(token as Uint8Array).toString('base64url');
    };
    const [byUrl, byToken, late] = [await shown('one'), await shown('two'), await shown('three')];
    const url = `tg://login?token=${byUrl}`;
    const scanned = await control.ask('POST', '/login-tokens/accept', { url, phone });
    expect(scanned).toMatchObject({ status: 200, body: { id: expect.any(Number), phone } });
    const { id } = scanned.body as { id: number };
    expect((await control.ask('POST', '/login-tokens/accept', { token: byToken, id })).status).toBe(200);
    for (const key of ['one', 'two']) {
      expect(await telegram.client(key).call('auth.exportLoginToken', app)).toMatchObject({
        _: 'auth.loginTokenSuccess',
      });
    }
    expect((await control.ask('POST', '/login-tokens/accept', { token: 'AAAA', id })).status).toBe(404);
    expect((await control.ask('POST', '/login-tokens/accept', { token: late, id: 1 })).status).toBe(404);
    expect((await control.ask('POST', '/login-tokens/accept', { token: late, phone: PHONE })).status).toBe(
      404,
    );
    expect((await control.ask('POST', '/login-tokens/accept', { token: late, id })).status).toBe(200);
    expect((await control.ask('POST', '/login-tokens/accept', { token: late, id })).status).toBe(409);
    const expired = await shown('four');
    telegram.now += 30_000;
    expect((await control.ask('POST', '/login-tokens/accept', { token: expired, id })).status).toBe(409);
  });

  test.each([
    [
      'a body nested 100,000 deep',
      `{"phone":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      400,
      'levels deep',
    ],
    ['a body over 1 MiB', ' '.repeat(1024 * 1024 + 1), 413, 'over 1 MiB'],
    ['a list', '[]', 400, 'body: give JSON of the type object'],
    ['a number for a phone', '{"phone":7,"first_name":"A"}', 400, 'phone: give JSON of the type string'],
    ['an unknown field', '{"phone":"1","first_name":"A","x":1}', 400, 'body: there is no field x'],
    ['a missing field', '{"phone":"1","first_name":null}', 400, 'first_name: is needed'],
    ['an empty name', '{"phone":"1","first_name":""}', 400, 'first_name: give at least 1 characters'],
  ])('refuses %s', async (_what, body, status, message) => {
    expect(await control.ask('POST', '/accounts', body)).toEqual({
      status,
      body: { status: 'error', message: expect.stringContaining(message) },
    });
  });

  test('accepts null as absent', async () => {
    const body = { phone: '+79990001122', first_name: 'A', last_name: null, username: null, hint: null };
    expect(await control.ask('POST', '/accounts', body)).toMatchObject({ status: 201 });
  });

  test('creates faults of updates and of differences', async () => {
    expect(await control.ask('POST', '/faults', { difference: 'channel_too_long' })).toMatchObject({
      status: 201,
    });
    expect(await control.ask('POST', '/faults', { updates: 'drop', times: 3 })).toMatchObject({
      status: 201,
    });
    expect(await control.ask('POST', '/faults', { updates: 'lose' })).toMatchObject({ status: 400 });
    expect(await control.ask('GET', '/faults')).toMatchObject({
      body: [
        { method: 'updates.getChannelDifference', difference: 'channel_too_long' },
        { updates: 'drop', times: 3 },
      ],
    });
  });

  test('creates, lists and clears faults', async () => {
    const { client, id } = await control.signedIn('+9996621001');
    const fault = { user_id: id, method: 'updates.getState', error: 'FLOOD_WAIT_30', times: 2 };
    expect(await control.ask('POST', '/faults', fault)).toMatchObject({ status: 201 });
    await expect(client.call('updates.getState')).rejects.toThrow('FLOOD_WAIT_30');
    expect(await control.ask('GET', '/faults')).toEqual({ status: 200, body: [{ ...fault, times: 1 }] });
    expect(await control.ask('DELETE', '/faults')).toMatchObject({ status: 200 });
    await client.call('updates.getState');
    expect(await control.ask('POST', '/faults', { ...fault, user_id: 42 })).toMatchObject({ status: 404 });
    expect(await control.ask('POST', '/faults', { ...fault, peer: '@nobody' })).toMatchObject({
      status: 404,
    });
  });

  test('revokes sessions, creates chats and contacts, changes settings, and counts', async () => {
    const { client, id } = await control.signedIn('+9996621001');
    expect(
      await control.ask('POST', '/chats', { title: 'Team', kind: 'supergroup', members: [id] }),
    ).toMatchObject({
      status: 201,
      body: { id: expect.any(Number), kind: 'supergroup', members: [id] },
    });
    expect(await control.ask('POST', '/contacts', { id, contact_ids: [42] })).toMatchObject({ status: 404 });
    expect(await control.ask('GET', '/state')).toEqual({
      status: 200,
      body: {
        accounts: 1,
        messages: 0,
        duplicated: 0,
        early: 0,
        sessions: [{ id, phone: '+9996621001', authorizations: 1, connections: 1, devices: [DEVICE] }],
      },
    });
    expect(await control.ask('POST', '/revoke', { id })).toEqual({ status: 200, body: { revoked: 1 } });
    await expect(client.call('updates.getState')).rejects.toThrow('SESSION_REVOKED');
    expect(await control.ask('POST', '/revoke', { id: 42 })).toMatchObject({ status: 404 });
    expect(await control.ask('POST', '/settings', { code_tries: 2 })).toEqual({
      status: 200,
      body: {
        repeated_random_id: 'error',
        code_lifetime_seconds: 300,
        code_tries: 2,
        login_token_lifetime_seconds: 30,
      },
    });
  });

  test('lists its calls, and names that list in the answer to an unknown call', async () => {
    expect(await control.ask('GET', '/')).toMatchObject({
      status: 200,
      body: { calls: { 'POST /faults': expect.any(String) } },
    });
    expect(await control.ask('GET', '/nothing')).toMatchObject({
      status: 404,
      body: { status: 'error', message: expect.stringContaining('GET /') },
    });
  });

  test.each([
    ['the name of a web page', { host: 'evil.example' }, 403],
    ['a name that only begins like a loopback one', { host: '127.0.0.1.evil.example' }, 403],
    ['a foreign origin', { host: 'localhost', origin: 'https://evil.example' }, 403],
    ['an opaque origin', { host: 'localhost', origin: 'null' }, 403],
    ['localhost', { host: 'localhost:1' }, 200],
    ['an origin of this machine', { host: '[::1]:1', origin: 'http://localhost:3000' }, 200],
  ])('answers a request by %s with status', async (_name, headers, status) => {
    const answered = await new Promise((resolve, reject) => {
      request(`${control.url}/state`, { headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(answered).toBe(status);
  });
});

import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readImageHeader } from '../../files/image-header.ts';
import { DirectTelegram, type DirectClient } from '../../testing/direct-telegram.ts';
import { createControlApp } from './control-app.ts';
import { serveControl, type ControlServer } from './control-server.ts';

const PHONE = '+79991234567';
/** How the test's clients introduce themselves. */
const DEVICE = { device_model: 'test', app_version: '1' };

describe('the control API', () => {
  let telegram: DirectTelegram;
  let server: ControlServer;
  const errors: unknown[] = [];
  beforeEach(async () => {
    telegram = new DirectTelegram();
    server = await serveControl(
      createControlApp(telegram.control, (error) => errors.push(error)),
      0,
    );
  });
  afterEach(async () => {
    await server.close();
    expect(errors).toEqual([]);
  });

  async function ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(server.url + path, { method, ...(body !== undefined && { body: text }) });
    return { status: response.status, body: await response.json() };
  }

  async function signedIn(phone: string): Promise<{ client: DirectClient; id: number }> {
    const client = telegram.client(phone);
    return { client, id: await client.signIn(phone) };
  }

  test('returns the latest code, in whatever notation the phone is written', async () => {
    await telegram.client('key').sendCode('+9996621001');
    const answer = { status: 200, body: { phone: '+9996621001', code: '22222', delivery: 'app' } };
    for (const phone of ['+9996621001', '9996621001', '%2B9996621001'])
      expect(await ask('GET', `/codes/${phone}`)).toEqual(answer);
    expect(await ask('GET', `/codes/${PHONE}`)).toMatchObject({
      status: 404,
      body: { status: 'error', message: expect.stringContaining(PHONE) },
    });
    expect(await ask('GET', '/codes/nobody')).toMatchObject({ status: 400 });
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
    const made = await ask('POST', '/accounts', account);
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
    expect(await ask('POST', '/accounts', account)).toEqual({ ...made, status: 200 });
    for (const other of [{ first_name: 'Пётр' }, { password: 'z' }, { username: 'other' }, { dc: 1 }]) {
      const [field] = Object.keys(other);
      expect(await ask('POST', '/accounts', { ...account, ...other })).toMatchObject({
        status: 409,
        body: { status: 'error', message: expect.stringContaining(`another ${field}`) },
      });
    }
    expect(
      await ask('POST', '/accounts', { ...account, phone: '+79990000000', username: 'IVAN_ivanov' }),
    ).toMatchObject({ status: 409 });
    expect(await ask('GET', '/accounts')).toEqual({ status: 200, body: [made.body] });
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
    expect(await ask('POST', path, body)).toEqual({
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
    const scanned = await ask('POST', '/login-tokens/accept', { url, phone });
    expect(scanned).toMatchObject({ status: 200, body: { id: expect.any(Number), phone } });
    const { id } = scanned.body as { id: number };
    expect((await ask('POST', '/login-tokens/accept', { token: byToken, id })).status).toBe(200);
    for (const key of ['one', 'two']) {
      expect(await telegram.client(key).call('auth.exportLoginToken', app)).toMatchObject({
        _: 'auth.loginTokenSuccess',
      });
    }
    expect((await ask('POST', '/login-tokens/accept', { token: 'AAAA', id })).status).toBe(404);
    expect((await ask('POST', '/login-tokens/accept', { token: late, id: 1 })).status).toBe(404);
    expect((await ask('POST', '/login-tokens/accept', { token: late, phone: PHONE })).status).toBe(404);
    expect((await ask('POST', '/login-tokens/accept', { token: late, id })).status).toBe(200);
    expect((await ask('POST', '/login-tokens/accept', { token: late, id })).status).toBe(409);
    const expired = await shown('four');
    telegram.now += 30_000;
    expect((await ask('POST', '/login-tokens/accept', { token: expired, id })).status).toBe(409);
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
    expect(await ask('POST', '/accounts', body)).toEqual({
      status,
      body: { status: 'error', message: expect.stringContaining(message) },
    });
  });

  test('accepts null as absent', async () => {
    const body = { phone: '+79990001122', first_name: 'A', last_name: null, username: null, hint: null };
    expect(await ask('POST', '/accounts', body)).toMatchObject({ status: 201 });
  });

  test('shows messages in order, by sender and recipient', async () => {
    const alice = await signedIn('+9996621001');
    const bob = await signedIn('+9996621002');
    await alice.client.send(await alice.client.peerOf('+9996621002'), 'Привет 👋', {
      random_id: -9_007_199_254_740_993n,
    });
    await bob.client.send(await bob.client.peerOf('+9996621001'), 'back');
    expect(await ask('GET', `/messages?from=${alice.id}&ids=true`)).toMatchObject({
      body: [{ ids: { [alice.id]: 1, [bob.id]: 1 } }],
    });
    expect(await ask('GET', `/messages?from=${alice.id}&to=${bob.id}`)).toEqual({
      status: 200,
      body: [
        {
          id: 1,
          from_id: alice.id,
          to_id: bob.id,
          text: 'Привет 👋',
          date: '2024-01-15T12:00:00Z',
          accepted_at: '2024-01-15T12:00:00.000Z',
          random_id: '-9007199254740993',
        },
      ],
    });
    expect(await ask('GET', '/messages')).toMatchObject({ body: [{ text: 'Привет 👋' }, { text: 'back' }] });
    expect(await ask('GET', `/messages?to=${alice.id}`)).toMatchObject({ body: [{ text: 'back' }] });
    expect(await ask('GET', '/messages?from=alice')).toMatchObject({ status: 400 });
    for (const randomId of ['-9007199254740993', String(2n ** 64n - 9_007_199_254_740_993n)]) {
      expect(await ask('GET', `/deliveries?random_id=${randomId}`)).toEqual({
        status: 200,
        body: { random_id: '-9007199254740993', arrived: 1, messages: 1 },
      });
    }
    expect(await ask('GET', '/deliveries?random_id=7')).toMatchObject({ body: { arrived: 0, messages: 0 } });
  });

  test('lets accounts write, edit, delete, read and react', async () => {
    const alice = await signedIn('+9996621001');
    const bob = await signedIn('+9996621002');
    const chat = { from: '+9996621001', to: bob.id };
    const sent = await ask('POST', '/messages', { ...chat, text: 'hi' });
    expect(sent).toEqual({ status: 201, body: { id: 1, date: '2024-01-15T12:00:00Z' } });
    const reply = { from: bob.id, to: '+9996621001', text: 'hi yourself', reply_to: 1 };
    expect(await ask('POST', '/messages', reply)).toMatchObject({ status: 201, body: { id: 2 } });
    expect(await ask('PATCH', '/messages', { ...chat, message_id: 1, text: 'hello' })).toMatchObject({
      status: 200,
    });
    const reaction = { by: bob.id, of: alice.id, message_id: 1, emoji: '👍' };
    expect(await ask('POST', '/reactions', reaction)).toMatchObject({ status: 200 });
    expect(await ask('POST', '/reads', { by: bob.id, of: alice.id, up_to: 1 })).toMatchObject({
      status: 200,
    });
    expect(await ask('GET', `/messages?from=${alice.id}`)).toMatchObject({
      body: [{ text: 'hello', edit_date: expect.any(String), reactions: [{ by: bob.id, emoji: ['👍'] }] }],
    });
    expect(await ask('POST', '/reactions', { ...reaction, emoji: null })).toMatchObject({ status: 200 });
    expect(await ask('DELETE', '/messages', { ...chat, message_ids: [1] })).toMatchObject({ status: 200 });
    const [first] = telegram.control.messages({ from: alice.id });
    expect(first).toMatchObject({ deleted: true });
    expect(first).not.toHaveProperty('reactions');
    expect(
      await ask('POST', '/messages', { from: 777_000, to: bob.id, text: 'Login code: 1' }),
    ).toMatchObject({
      status: 201,
    });
    expect(telegram.control.messages({ from: 777_000, to: bob.id }).at(-1)).toMatchObject({
      text: 'Login code: 1',
    });
  });

  test('says why an account cannot act so', async () => {
    const { id } = await signedIn('+9996621001');
    for (const [method, path, body, status, part] of [
      ['POST', '/messages', { from: id, to: '@nobody', text: 'x' }, 404, '@nobody'],
      ['POST', '/messages', { from: id, to: 777_000, text: 'x' }, 404, '777000'],
      ['POST', '/messages', { from: id, to: id, text: ' ' }, 400, 'MESSAGE_EMPTY'],
      ['PATCH', '/messages', { from: id, to: id, message_id: 1, text: 'x' }, 400, 'MESSAGE_ID_INVALID'],
      ['DELETE', '/messages', { from: id, to: id, message_ids: [1] }, 404, 'no message 1'],
      ['POST', '/reactions', { by: id, of: id, message_id: 1 }, 400, 'emoji'],
    ] as const) {
      expect(await ask(method, path, body)).toMatchObject({
        status,
        body: { message: expect.stringContaining(part) },
      });
    }
  });

  test('creates chats with more settings, topics and bots, and shows them', async () => {
    const alice = await signedIn('+9996621001');
    const bob = await signedIn('+9996621002');
    const members = ['+9996621001', bob.id];
    const chat = { type: 'supergroup', title: 'Team', members, forum: true, slow_mode: 30 };
    const { status, body } = await ask('POST', '/chats', chat);
    expect(status).toBe(201);
    const { id, invite_link } = z.strictObject({ id: z.string(), invite_link: z.string() }).parse(body);
    expect(id).toMatch(/^-100\d+$/);
    expect(invite_link).toMatch(/^https:\/\/t\.me\/\+[\w-]{16}$/);
    expect(await ask('POST', '/topics', { chat: id, title: 'News' })).toEqual({
      status: 201,
      body: { id: 2 },
    });
    const message = { from: alice.id, to: id, text: 'hi', topic_id: 2 };
    expect(await ask('POST', '/messages', message)).toMatchObject({ status: 201, body: { id: 3 } });
    expect(await ask('GET', `/chats/${id}`)).toEqual({
      status: 200,
      body: {
        id: Number(id),
        title: 'Team',
        kind: 'supergroup',
        members: [alice.id, bob.id],
        invite_link,
        requested: [],
        pinned: [],
        unread: { [alice.id]: 0, [bob.id]: 3 },
        topics: [{ id: 2, title: 'News' }],
      },
    });
    const bot = { username: 'choice_bot', buttons: [['Yes', { text: 'No', data: 'n' }]], answer: 'Thanks' };
    expect(await ask('POST', '/bots', bot)).toMatchObject({
      status: 201,
      body: { bot: true, username: 'choice_bot' },
    });
    expect(await ask('POST', '/bots', bot)).toMatchObject({ status: 409 });
    const start = { from: alice.id, to: '@choice_bot', text: '/start' };
    expect(await ask('POST', '/messages', start)).toMatchObject({ status: 201 });
    expect(await ask('GET', '/presses')).toEqual({ status: 200, body: [] });
    const join = { chat: id, account: bob.id, approved: true };
    expect(await ask('POST', '/join-requests', join)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('HIDE_REQUESTER_MISSING') },
    });
    for (const [path, wrong, part] of [
      ['/chats', { ...chat, type: 'group' }, 'forum'],
      ['/chats', { ...chat, members: [] }, 'members'],
      ['/chats', { ...chat, members: [id] }, 'members'],
      ['/topics', { chat: id }, 'title'],
      ['/bots', { username: 'other_bot', buttons: ['Yes'] }, 'answer'],
    ] as const) {
      expect(await ask('POST', path, wrong)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining(part) },
      });
    }
    expect(await ask('GET', '/chats/-1001')).toMatchObject({ status: 404 });
  });

  test('makes up media, with the same bytes for the same size', async () => {
    const alice = await signedIn('+9996621001');
    const bob = await signedIn('+9996621002');
    onTestFinished(() => telegram.files.close());
    const sizes = { photo: 5_000, video: 3_000_000, animation: 10, audio: 10, voice: 10, video_note: 10 };
    for (const [type, size] of Object.entries({ ...sizes, document: 10, sticker: 10 })) {
      const media = { type, size, ...(type === 'document' && { mime_type: 'a/b', file_name: 'x.b' }) };
      const message = { from: bob.id, to: alice.id, media, ...(type === 'photo' && { text: 'a photo' }) };
      expect(await ask('POST', '/messages', message)).toMatchObject({ status: 201 });
    }
    const sent = telegram.control.messages();
    expect(sent.map(({ media }) => [media?.type, media?.size])).toEqual([
      ...Object.entries(sizes),
      ['document', 10],
      ['sticker', 10],
    ]);
    expect(sent[0]).toMatchObject({ text: 'a photo', media: { width: 320, height: 240 } });
    expect(sent[6]?.media).toMatchObject({ mime_type: 'a/b', file_name: 'x.b' });
    expect(new Set(sent.slice(2).map(({ media }) => media?.sha256)).size).toBe(1);
    const bytes = telegram.files.read(sent[0]?.media?.sha256 ?? '', 0, 5_000) ?? Buffer.alloc(0);
    expect(readImageHeader(bytes)).toEqual({ mimeType: 'image/png', width: 320, height: 240 });
    for (const [media, part] of [
      [{ type: 'photo', size: 10 }, 'media.size'],
      [{ type: 'photo', size: 20_000_000 }, 'media.size'],
      [{ type: 'gif', size: 10 }, 'media.type'],
      [{ type: 'document', size: 0 }, 'media.size'],
      [undefined, 'a text'],
    ] as const) {
      expect(await ask('POST', '/messages', { from: bob.id, to: alice.id, media })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining(part) },
      });
    }
  });

  test('lists who typed to whom', async () => {
    const alice = await signedIn('+9996621001');
    const bob = await signedIn('+9996621002');
    const peer = await alice.client.peerOf('+9996621002');
    await alice.client.value('messages.setTyping', { peer, action: { _: 'sendMessageTypingAction' } });
    const shown = { from_id: alice.id, to_id: bob.id, action: 'typing', at: '2024-01-15T12:00:00.000Z' };
    expect(await ask('GET', '/typing?to=+9996621002')).toEqual({ status: 200, body: [shown] });
    expect(await ask('GET', `/typing?to=${alice.id}`)).toEqual({ status: 200, body: [] });
    expect(await ask('GET', '/typing?to=@nobody')).toMatchObject({ status: 404 });
  });

  test('creates faults of updates and of differences', async () => {
    expect(await ask('POST', '/faults', { difference: 'channel_too_long' })).toMatchObject({ status: 201 });
    expect(await ask('POST', '/faults', { updates: 'drop', times: 3 })).toMatchObject({ status: 201 });
    expect(await ask('POST', '/faults', { updates: 'lose' })).toMatchObject({ status: 400 });
    expect(await ask('GET', '/faults')).toMatchObject({
      body: [
        { method: 'updates.getChannelDifference', difference: 'channel_too_long' },
        { updates: 'drop', times: 3 },
      ],
    });
  });

  test('creates, lists and clears faults', async () => {
    const { client, id } = await signedIn('+9996621001');
    const fault = { user_id: id, method: 'updates.getState', error: 'FLOOD_WAIT_30', times: 2 };
    expect(await ask('POST', '/faults', fault)).toMatchObject({ status: 201 });
    await expect(client.call('updates.getState')).rejects.toThrow('FLOOD_WAIT_30');
    expect(await ask('GET', '/faults')).toEqual({ status: 200, body: [{ ...fault, times: 1 }] });
    expect(await ask('DELETE', '/faults')).toMatchObject({ status: 200 });
    await client.call('updates.getState');
    expect(await ask('POST', '/faults', { ...fault, user_id: 42 })).toMatchObject({ status: 404 });
    expect(await ask('POST', '/faults', { ...fault, peer: '@nobody' })).toMatchObject({ status: 404 });
  });

  test('revokes sessions, creates chats and contacts, changes settings, and counts', async () => {
    const { client, id } = await signedIn('+9996621001');
    expect(await ask('POST', '/chats', { title: 'Team', kind: 'supergroup', members: [id] })).toMatchObject({
      status: 201,
      body: { id: expect.any(Number), kind: 'supergroup', members: [id] },
    });
    expect(await ask('POST', '/contacts', { id, contact_ids: [42] })).toMatchObject({ status: 404 });
    expect(await ask('GET', '/state')).toEqual({
      status: 200,
      body: {
        accounts: 1,
        messages: 0,
        duplicated: 0,
        early: 0,
        sessions: [{ id, phone: '+9996621001', authorizations: 1, connections: 1, devices: [DEVICE] }],
      },
    });
    expect(await ask('POST', '/revoke', { id })).toEqual({ status: 200, body: { revoked: 1 } });
    await expect(client.call('updates.getState')).rejects.toThrow('SESSION_REVOKED');
    expect(await ask('POST', '/revoke', { id: 42 })).toMatchObject({ status: 404 });
    expect(await ask('POST', '/settings', { code_tries: 2 })).toEqual({
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
    expect(await ask('GET', '/')).toMatchObject({
      status: 200,
      body: { calls: { 'POST /faults': expect.any(String) } },
    });
    expect(await ask('GET', '/nothing')).toMatchObject({
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
      request(`${server.url}/state`, { headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(answered).toBe(status);
  });
});

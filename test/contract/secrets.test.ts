import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSealingKey } from '@gateway/runtime';
import { openFileSessionStore } from '@gateway/sessions';
import { Receiver } from '@gateway/webhooks/testing';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const SETTINGS = {
  LOG_LEVEL: 'trace',
  TELEGRAM_API_HASH: 'deadbeefdeadbeefdeadbeefdeadbeef',
  API_KEYS: 'first-api-key,second-api-key:eve',
  ADMIN_USER: 'admin',
  ADMIN_PASSWORD: 'the-admin-password',
  WEBHOOK_SECRET: 'the-webhook-secret',
  WEBHOOK_ALLOW_PRIVATE: 'true',
  TELEGRAM_BOT_TOKEN: '700800:AAbbCCddEEffGGhhIIjjKKllMMnn',
  ASSISTANT_BASE_URL: 'http://127.0.0.1:9/v1',
  ASSISTANT_MODEL: 'm',
  ASSISTANT_API_KEY: 'the-assistant-key',
  EVENTS_SEALED: 'true',
};
/** Written by a friend. Only readers of the account's events may see it. */
const INCOMING = 'the garden key is under the third flowerpot';
const INCOMING_FILE = 'map-to-the-flowerpot.pdf';
const PHONE = '+79995550101';
const PASSWORD = 'correct-horse-battery';
const PASSPHRASE = 'the backup passphrase';
const ADMIN = { Authorization: `Basic ${Buffer.from('admin:the-admin-password').toString('base64')}` };

test('no code, password, session, auth key, API hash, key or token is readable in Redis, files, logs, answers, metrics or the dashboard', async () => {
  await using stack = await Stack.start(SETTINGS);
  const { api, control } = stack;
  const answers: string[] = [];
  const asked = async (answer: Promise<{ body: unknown }>) => {
    const { body } = await answer;
    answers.push(JSON.stringify(body));
    return body;
  };
  await asked(api.status('eve'));
  await asked(api.get('/telegram/user/status/eve', { Authorization: 'Bearer wrong-api-key' }));
  api.headers = { 'X-API-Key': 'first-api-key' };
  const eve = await control.createAccount({ phone: PHONE, first_name: 'Eve', password: PASSWORD });
  await api.startSignIn('eve', PHONE);
  const code = await control.code(PHONE);
  await asked(api.verify('eve', { phone_code: '00000' }));
  await asked(api.verify('eve', { phone_code: code, password: 'a-wrong-password' }));
  expect((await api.verify('eve', { password: PASSWORD })).status).toBe(200);
  const exported = await api.post('/telegram/user/export', { user_id: 'eve', passphrase: PASSPHRASE });
  expect(exported.body.backup).toMatch(/^tgb1\./);
  const made = await control.createSession('+9996628501');
  const brought = `1${Buffer.concat([Buffer.from([made.dc, 127, 0, 0, 1, 0, 80]), Buffer.from(made.auth_key, 'base64url')]).toString('base64')}`;
  await asked(api.post('/telegram/user/import', { user_id: 'ida', session: brought, exclusive: true }));
  await asked(
    api.post('/telegram/user/import', {
      user_id: 'ida2',
      session: exported.body.backup,
      passphrase: 'another passphrase',
      exclusive: true,
    }),
  );
  const callback_url = 'http://127.0.0.1:9/';
  await asked(
    api.post('/telegram/user/send', { user_id: 'eve', recipient_id: 'me', text: 'hello', callback_url }),
  );
  await asked(api.send('eve', '@nobody_has_this', 'x'));
  await asked(api.post('/telegram/user/send', { user_id: 'eve', recipient_id: '+7999', text: 5 }));
  const chat = { user_id: 'eve', messages: [{ role: 'user', content: 'x' }] };
  const stream = await fetch(`${api.url}/message_stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...api.headers },
    body: JSON.stringify(chat),
  });
  answers.push(await stream.text());
  await asked(api.get('/webhooks/deliveries?user_id=eve'));
  // Telegram's own account writes login codes to sessions that exist.
  await control.write({
    from: 777_000,
    to: eve,
    text: `Login code: ${code}`,
    media: { type: 'document', size: 1_000, file_name: `${code}.txt` },
  });
  const chats = await asked(api.get('/telegram/accounts/eve/chats'));
  for (let message = 1; message < 10; message += 1) {
    const fileId = `f_${Buffer.from(`${eve}.777000.${message}`).toString('base64url')}`;
    expect(await asked(api.get(`/telegram/accounts/eve/files/${fileId}`))).toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  }
  expect(chats).toMatchObject({ chats: expect.arrayContaining([expect.objectContaining({ id: '777000' })]) });
  for (const query of ['', `?q=${code}`])
    expect(await asked(api.get(`/telegram/accounts/eve/chats/777000/messages${query}`))).toMatchObject({
      messages: [],
    });

  const friend = await control.createAccount({ phone: '+79995550102', first_name: 'Friend' });
  await using receiver = await Receiver.start();
  await api.post('/telegram/user/receive', { user_id: 'eve', enabled: true });
  const hook = { url: receiver.url, user_ids: ['eve'], events: ['message.new', 'message.edited'] };
  const { webhook_id, secret } = (await api.post('/webhooks', hook)).body;
  await asked(api.get(`/webhooks/${webhook_id}`));
  await control.write({ from: friend, to: eve, text: INCOMING });
  await expect.poll(() => receiver.received.map(({ body }) => body).join()).toContain(INCOMING);
  // What a receiver answers may contain the text, too. Its failure is stored with the webhook.
  receiver.answers.push((response) => response.writeHead(500).end(INCOMING));
  await control.write({
    from: friend,
    to: eve,
    text: `${INCOMING}, still`,
    media: { type: 'document', size: 1_000, file_name: INCOMING_FILE },
  });
  await expect
    .poll(async () => (await api.get(`/webhooks/${webhook_id}`)).body.last_error)
    .toMatchObject({ status: 500 });
  const { events } = (await api.get('/telegram/accounts/eve/updates?after=0')).body;
  expect(JSON.stringify(events)).toContain(INCOMING);
  const { file_id: fileId, file_name } = events.at(-1).message.media;
  expect(file_name).toBe(INCOMING_FILE);
  const file = await fetch(`${api.url}/telegram/accounts/eve/files/${fileId}`, { headers: api.headers });
  expect((await file.arrayBuffer()).byteLength).toBe(1_000);

  // Wait until running calls have written their log lines.
  await expect.poll(() => stack.worker.output).toContain('webhook not delivered');
  const key = await readFile(join(stack.dataDir, 'session_encryption.key'), 'utf8');
  const store = await openFileSessionStore({
    dataDir: stack.dataDir,
    sealer: loadSealingKey({ dataDir: stack.dataDir }).sealer,
  });
  const session = (await store.load('eve'))?.session ?? '';
  await store.close();
  const authKey = Buffer.from(session.split('.')[2] ?? '', 'base64url');
  expect(authKey).toHaveLength(256);

  const board = (path: string) => fetch(`${api.url}/admin/queues${path}`, { headers: ADMIN });
  const boardPages = await Promise.all(
    [
      '',
      '/api/queues',
      ...['eve:send', 'webhooks', ...[0, 1, 2, 3].map((shard) => `shard-${shard}:control`)].map(
        (name) => `/api/queues?activeQueue=${encodeURIComponent(name)}`,
      ),
    ].map(async (path) => (await board(path)).text()),
  );
  const places = new Map([
    ['Redis', await everythingIn(stack.redis.url)],
    ['log of the API', stack.apiProcess.output],
    ['log of the worker', stack.worker.output],
    ['answers', answers.join('\n')],
    ['metrics', await (await fetch(`${api.url}/metrics`, { headers: api.headers })).text()],
    ['dashboard', boardPages.join('\n')],
    ['OpenAPI', JSON.stringify((await api.get('/openapi.json')).body)],
    ...(await filesOf(stack.dataDir)),
  ]);
  expect([...places.keys()]).toEqual(
    expect.arrayContaining(['telegram_auth.json', 'telegram_sessions/eve.session']),
  );
  expect(places.get('dashboard')).toContain('eve:send');
  const secrets = [
    PASSWORD,
    'a-wrong-password',
    PASSPHRASE,
    'another passphrase',
    brought,
    made.auth_key,
    exported.body.backup,
    'deadbeefdeadbeef',
    'first-api-key',
    'second-api-key',
    'wrong-api-key',
    'the-admin-password',
    'the-webhook-secret',
    'AAbbCCddEEffGGhhIIjjKKllMMnn',
    'the-assistant-key',
    session,
    INCOMING,
    INCOMING_FILE,
    secret,
    ...(['hex', 'base64', 'base64url', 'latin1'] as const).map((encoding) => authKey.toString(encoding)),
  ];
  for (const [place, content] of places) {
    for (const secret of secrets)
      expect((place + content).includes(secret), `${secret.slice(0, 12)}… in ${place}`).toBe(false);
    if (!place.endsWith('.key'))
      expect(content.includes(key.trim()), `the sealing key in ${place}`).toBe(false);
    // Times and ids may contain these five digits by chance, so only separate values count.
    if (place !== 'OpenAPI')
      expect(content, place).not.toMatch(new RegExp(`(?<![0-9A-Za-z.])${code}(?![0-9A-Za-z.])`));
  }
  for (const place of ['log of the worker', 'log of the API', 'dashboard', 'metrics'])
    expect(places.get(place), place).not.toContain(PHONE.slice(1));
  // The same limit as for a hook, because this starts a stack.
}, 60_000);

/** The product's files by path, without the sandbox's, which contain codes as Telegram's own do. */
async function filesOf(directory: string): Promise<[string, string][]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  const ours = files.filter((file) => !file.startsWith('sandbox/'));
  return Promise.all(
    ours.map(async (file): Promise<[string, string]> => [
      file,
      await readFile(join(directory, file), 'latin1'),
    ]),
  );
}

async function everythingIn(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const parts: string[] = [];
    for (const key of await redis.keys('*'))
      parts.push(key, JSON.stringify(await valueOf(redis, key, await redis.type(key))));
    return parts.join('\n');
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string, type: string): Promise<unknown> {
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, 0, -1, 'WITHSCORES');
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'none':
      // It has expired since its name was read.
      return null;
    default:
      throw new Error(`a key of an unknown type: ${type}`);
  }
}

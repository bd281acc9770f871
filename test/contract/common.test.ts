import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Receiver } from '@gateway/webhooks/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ApiClient } from '../env/api-client.ts';
import { rawGet } from '../env/raw-get.ts';
import { Stack } from '../env/stack.ts';

const SEND = '/telegram/user/send';

/** What needs no setting, or none but those of one more API process. */
describe('Common rules', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
    await stack.signIn('alice', '+9996627302');
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  /** One more API process, until the test has ended. */
  async function apiWith(settings: Record<string, string>): Promise<ApiClient> {
    const part = stack.spawnApi({ PORT: '0', ...settings });
    onTestFinished(() => part.end());
    return new ApiClient(String((await part.ready)['url']));
  }

  test('Errors: {"status":"error","code","message","request_id"} and, where they apply, kind and issues', async () => {
    const { status, headers, body } = await stack.api.post(SEND, { user_id: 'user123' });
    expect(status).toBe(400);
    expect(body).toEqual({
      status: 'error',
      code: 'VALIDATION',
      kind: 'permanent',
      message: expect.any(String),
      request_id: headers.get('x-request-id'),
      issues: expect.arrayContaining([
        { path: 'recipient_id', message: expect.any(String) },
        { path: 'text', message: expect.any(String) },
      ]),
    });
  });

  test("Every response carries `X-Request-Id`: the caller's, if it sent a sane one", async () => {
    for (const path of ['/healthz', '/nothing', '/jobs/x', '/telegram/user/status/user123']) {
      expect((await stack.api.get(path, { 'X-Request-Id': 'my-id.1' })).headers.get('x-request-id')).toBe(
        'my-id.1',
      );
      expect((await stack.api.get(path, { 'X-Request-Id': 'no id' })).headers.get('x-request-id')).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    }
  });

  test('Without `API_KEYS`: requests with a `Host` that is not loopback, or a foreign `Origin`, are refused', async () => {
    expect(await rawGet(stack.api.url, '/telegram/user/status/x', { Host: 'evil.example' })).toBe(403);
    expect(await rawGet(stack.api.url, '/telegram/user/status/x', { Origin: 'https://evil.example' })).toBe(
      403,
    );
    expect(await rawGet(stack.api.url, '/telegram/user/status/x', {})).toBe(200);
  });

  test('`/healthz`, `/readyz`: process is up; Redis and at least one worker are reachable', async () => {
    expect(await stack.api.get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await stack.api.get('/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  test('Without `API_KEYS` the API refuses to start on another `HOST`, and says why', async () => {
    const open = stack.spawnApi({ PORT: '0', HOST: '0.0.0.0' });
    expect(await open.exited).toBe(1);
    expect(open.output).toMatch(/HOST.*API_KEYS|API_KEYS.*HOST/s);
  });

  test('A key may be limited to accounts: 403 `FORBIDDEN` for another; a wrong key is 401', async () => {
    const api = await apiWith({
      // The second is the SHA-256 of `hashed`, as `printf %s hashed | sha256sum` prints it.
      API_KEYS:
        'key1,sha256:1a06df824ed741b53c785079a6347f00eec5af82f9850775409ca69dff4068a6,key2:user123|user456',
    });
    const status = (userId: string, headers: Record<string, string>) =>
      api.get(`/telegram/user/status/${userId}`, headers);
    expect((await status('user123', {})).status).toBe(401);
    expect(await status('user123', { Authorization: 'Bearer key3' })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED' },
    });
    expect((await status('anyone', { Authorization: 'Bearer key1' })).status).toBe(200);
    expect((await status('anyone', { 'X-API-Key': 'key1' })).status).toBe(200);
    expect((await status('anyone', { 'X-API-Key': 'hashed' })).status).toBe(200);
    expect((await status('user456', { 'X-API-Key': 'key2' })).status).toBe(200);
    expect(await status('user789', { 'X-API-Key': 'key2' })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
  });

  test('No assistant set and one needed: 503 `ASSISTANT_NOT_CONFIGURED`; no bot: 400 `BOT_NOT_CONFIGURED`, before the stream starts', async () => {
    const messages = [{ role: 'user', content: 'x' }];
    expect(await stack.api.post('/message_stream', { user_id: 'u', messages })).toMatchObject({
      status: 503,
      body: { code: 'ASSISTANT_NOT_CONFIGURED' },
    });
    const byBot = {
      user_id: 'u',
      messages: [{ role: 'assistant', content: 'x' }],
      send_to_telegram: true,
      send_as_user: false,
      recipient_id: 'me',
    };
    expect(await stack.api.post('/message_stream', byBot)).toMatchObject({
      status: 400,
      body: { code: 'BOT_NOT_CONFIGURED' },
    });
  });

  test('Without user and password the dashboard is off, and on loopback open to this machine only', async () => {
    const queues = '/admin/queues/api/queues';
    const api = await apiWith({ BOARD_SHOW_TEXT: 'true' });
    expect((await api.get(queues)).status).toBe(200);
    expect((await api.get(queues, { Origin: 'https://evil.example' })).status).toBe(403);
    const { job_id } = (await api.send('alice', '@nobody_has_this', 'shown here')).body;
    const path = `${queues}/${encodeURIComponent('alice:send')}/${job_id}`;
    await expect
      .poll(async () => (await api.get(path)).body.job?.data['text'], { interval: 500 })
      .toBe('shown here');
    const { url } = await apiWith({ HOST: '0.0.0.0', API_KEYS: 'k' });
    expect((await fetch(`${url}/admin/queues`)).status).toBe(404);
  });

  test('Webhooks never go to a private or loopback address unless `WEBHOOK_ALLOW_PRIVATE=true` (checked on the resolved address)', async () => {
    await using receiver = await Receiver.start();
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1']) {
      const { job_id } = (
        await stack.api.post(SEND, {
          user_id: 'alice',
          recipient_id: 'me',
          text: 'x',
          callback_url: `http://${host}:${receiver.port}/`,
        })
      ).body;
      await expect
        .poll(async () => (await stack.api.get(`/webhooks/deliveries?job_id=${job_id}`)).body.deliveries[0])
        .toMatchObject({
          state: 'failed',
          attempts: [{ status: null, error: expect.stringContaining('WEBHOOK_ALLOW_PRIVATE') }],
        });
    }
    expect(receiver.received).toEqual([]);
  });

  test('Only the owner can read the files', async () => {
    for (const file of ['telegram_auth.json', 'telegram_sessions/alice.session', 'session_encryption.key']) {
      expect((await stat(join(stack.dataDir, file))).mode & 0o777, file).toBe(0o600);
    }
  });
});

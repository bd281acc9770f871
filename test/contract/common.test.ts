import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawGet } from '../env/raw-get.ts';
import { Stack } from '../env/stack.ts';

const SEND = '/telegram/user/send';

describe('Common rules', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

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
});

test('Without `API_KEYS` the API refuses to start on another `HOST`, and says why', async () => {
  await using stack = await Stack.start();
  await stack.apiProcess.end();
  const open = stack.spawnApi({ HOST: '0.0.0.0' });
  expect(await open.exited).toBe(1);
  expect(open.output).toMatch(/HOST.*API_KEYS|API_KEYS.*HOST/s);
});

test('A key may be limited to accounts: 403 `FORBIDDEN` for another; a wrong key is 401', async () => {
  await using stack = await Stack.start({
    // The second is the SHA-256 of `hashed`, as `printf %s hashed | sha256sum` prints it.
    API_KEYS:
      'key1,sha256:1a06df824ed741b53c785079a6347f00eec5af82f9850775409ca69dff4068a6,key2:user123|user456',
  });
  const status = (userId: string, headers: Record<string, string>) =>
    stack.api.get(`/telegram/user/status/${userId}`, headers);
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

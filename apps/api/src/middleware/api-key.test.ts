import { createHash } from 'node:crypto';
import { parseSettings } from '@gateway/runtime';
import { expect, test } from 'vitest';
import { enqueued } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';

const HASHED = createHash('sha256').update('hashed').digest('hex');
const HASHED_ONE = createHash('sha256').update('hashed-one').digest('hex').toUpperCase();
const { API_KEYS } = parseSettings({
  API_KEYS: `all,one:user1,split:user1,split:user2,sha256:${HASHED},sha256:${HASHED_ONE}:user2`,
});
const STATUS = '/telegram/user/status/user1';

const queues = useRealQueues();

test.each([
  { authorization: 'Bearer all' },
  { authorization: 'bearer   all' },
  { 'x-api-key': 'all' },
  { authorization: 'Basic eDp5', 'x-api-key': 'all' },
  { authorization: 'Bearer one' },
  { authorization: 'Bearer hashed' },
])('lets %o through', async (headers: Record<string, string>) => {
  const { status } = await queues.api({ API_KEYS }).call(STATUS, { headers });
  expect(status).toBe(200);
});

test.each([
  {},
  { authorization: 'all' },
  { authorization: 'Bearer ' },
  { authorization: 'Bearer al' },
  { authorization: 'Bearer all2' },
  { authorization: 'Bearer ALL' },
  { authorization: 'Bearer wrong', 'x-api-key': 'all' },
  { 'x-api-key': '' },
  { 'x-api-key': 'all,one' },
  { 'x-api-key': HASHED },
  { 'x-api-key': `sha256:${HASHED}` },
])('answers %o with 401', async (headers: Record<string, string>) => {
  const { call } = queues.api({ API_KEYS });
  const { status, body, headers: answered } = await call('/telegram/user/send', { headers, body: {} });
  expect(status).toBe(401);
  expect(body).toMatchObject({ status: 'error', code: 'UNAUTHORIZED', kind: 'user_action' });
  expect(answered.get('www-authenticate')).toBe('Bearer realm="gateway"');
});

test('health needs no key, and an unknown path outside of the API is 404 without one', async () => {
  const { call } = queues.api({ API_KEYS });
  expect((await call('/healthz')).status).toBe(200);
  expect((await call('/readyz')).body).toMatchObject({ part: 'workers' });
  expect((await call('/nothing')).body).toMatchObject({ code: 'NOT_FOUND' });
});

test.each([
  ['/telegram/user/send', { recipient_id: 'me', text: 'x' }],
  ['/telegram/user/auth/start', { phone_number: '+79991234567' }],
  ['/telegram/user/auth/resend', {}],
  ['/telegram/user/auth/cancel', {}],
  ['/telegram/user/auth/verify', { phone_code: '12345' }],
  ['/telegram/user/disconnect', {}],
])('a key limited to accounts gets 403 at %s for another one', async (path, fields) => {
  const { call } = queues.api({ API_KEYS });
  const { status, body } = await call(path, {
    headers: { 'x-api-key': 'one' },
    body: { user_id: 'user2', ...fields },
  });
  expect(status).toBe(403);
  expect(body).toMatchObject({ code: 'FORBIDDEN' });
});

test('a key limited to accounts gets 403 for the status of another one', async () => {
  const { call } = queues.api({ API_KEYS });
  const { status } = await call('/telegram/user/status/user2', { headers: { 'x-api-key': 'one' } });
  expect(status).toBe(403);
});

test('a job of an account that the key may not use is like one that does not exist', async () => {
  const { userId, jobId } = await enqueued(queues);
  const keys = parseSettings({ API_KEYS: `all,own:${userId},one:user1` });
  const { call } = queues.api({ API_KEYS: keys.API_KEYS });
  const read = (job: string, key: string) =>
    call(`/jobs/${job}`, { headers: { 'x-api-key': key, 'x-request-id': 'r' } });
  const forbidden = await read(jobId, 'one');
  expect(forbidden.status).toBe(404);
  expect(forbidden.body).toEqual((await read('nothing', 'one')).body);
  expect((await read(jobId, 'own')).status).toBe(200);
  expect((await read(jobId, 'all')).status).toBe(200);
});

test('a key that is listed twice has the accounts of both', async () => {
  const { call } = queues.api({ API_KEYS });
  const headers = { 'x-api-key': 'split' };
  expect((await call('/telegram/user/status/user1', { headers })).status).toBe(200);
  expect((await call('/telegram/user/status/user2', { headers })).status).toBe(200);
  expect((await call('/telegram/user/status/user3', { headers })).status).toBe(403);
});

test('with keys, Host and Origin do not matter', async () => {
  const { call } = queues.api({ API_KEYS });
  const headers = { 'x-api-key': 'all', host: 'gateway.example.org', origin: 'https://example.org' };
  expect((await call(STATUS, { headers })).status).toBe(200);
});

test('a key that is given as its hash may be limited to accounts like any other', async () => {
  const { call } = queues.api({ API_KEYS });
  const headers = { authorization: 'Bearer hashed-one' };
  expect((await call(STATUS, { headers })).body).toMatchObject({ code: 'FORBIDDEN' });
  expect((await call('/telegram/user/status/user2', { headers })).status).toBe(200);
});

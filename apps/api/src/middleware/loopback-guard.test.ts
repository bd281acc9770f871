import { expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';

const queues = useRealQueues();

const STATUS = '/telegram/user/status/user1';

test.each([
  'localhost',
  'localhost:3000',
  'LOCALHOST',
  'localhost.',
  'localhost.:3000',
  '127.0.0.1',
  '127.0.0.1:3000',
  '127.8.9.10',
  '[::1]',
  '[::1]:3000',
])('without keys, Host %s is answered', async (host) => {
  expect((await queues.api().call(STATUS, { headers: { host } })).status).toBe(200);
});

test.each([
  'evil.example',
  'evil.example:3000',
  'localhost.evil.example',
  'localhost..',
  '127.0.0.1.evil.example',
  '10.0.0.1',
  '0.0.0.0',
  '[::2]',
  '[::]',
])('without keys, Host %s is refused, whatever the path', async (host) => {
  for (const path of [STATUS, '/jobs/x', '/nothing']) {
    const { status, body } = await queues.api().call(path, { headers: { host } });
    expect(status).toBe(403);
    expect(body).toMatchObject({ status: 'error', code: 'FORBIDDEN' });
  }
});

test.each(['http://localhost', 'http://localhost:8080', 'https://127.0.0.1:3000', 'http://[::1]:3000'])(
  'without keys, Origin %s is answered',
  async (origin) => {
    expect((await queues.api().call(STATUS, { headers: { origin } })).status).toBe(200);
  },
);

test.each(['https://evil.example', 'http://localhost.evil.example', 'null', '', 'file://', 'localhost'])(
  'without keys, Origin %j is refused and nothing is done',
  async (origin) => {
    const user_id = await queues.owner.newAccount(READY);
    const body = { user_id, recipient_id: 'me', text: 'x' };
    const { status } = await queues.api().call('/telegram/user/send', { headers: { origin }, body });
    expect(status).toBe(403);
    expect(await queues.producer.pending(user_id)).toEqual({ waiting: 0, delayed: 0, active: 0 });
  },
);

test('health is guarded by nothing', async () => {
  const headers = { host: '10.0.0.1', origin: 'https://evil.example' };
  expect((await queues.api().call('/healthz', { headers })).status).toBe(200);
});

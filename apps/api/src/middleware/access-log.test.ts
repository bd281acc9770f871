import { expect, test, vi } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';

const queues = useRealQueues();

function loggedApi() {
  const { logger, request } = queues.api({ SEND_WAIT_MS: 0 });
  const lines = {
    info: vi.spyOn(logger, 'info'),
    debug: vi.spyOn(logger, 'debug'),
    error: vi.spyOn(logger, 'error'),
  };
  const post = (path: string, body: unknown) =>
    request(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'x-request-id': 'r1' },
    });
  return {
    request,
    lines,
    post,
    all: () => JSON.stringify(Object.values(lines).map((spy) => spy.mock.calls)),
  };
}

test('a request is one line: what, whose, which job, how long, and nothing of what was written', async () => {
  const { lines, post, all } = loggedApi();
  const userId = await queues.owner.newAccount(READY);
  await post('/telegram/user/send', {
    user_id: userId,
    recipient_id: '+79991234567',
    text: 'secret',
  });
  expect(lines.info).toHaveBeenCalledTimes(1);
  expect(lines.info).toHaveBeenCalledWith(
    {
      method: 'POST',
      route: '/telegram/user/send',
      status: 202,
      ms: expect.any(Number),
      requestId: 'r1',
      userId,
      jobId: (await queues.owner.fetch(userId)).jobId,
    },
    'request',
  );
  expect(all()).not.toMatch(/secret|7999/);
});

test('a refused request says its code', async () => {
  const { lines, post, all } = loggedApi();
  await post('/telegram/user/auth/verify', {
    user_id: 'user1',
    phone_code: '12345',
    password: 'hunter2',
    hunter3: 1,
  });
  expect(lines.info).toHaveBeenCalledWith(
    expect.objectContaining({ status: 400, code: 'VALIDATION' }),
    'request',
  );
  expect(all()).not.toMatch(/12345|hunter/);
});

test.each(['/secret', '/jobs/secret', '/jobs/none?note=secret', '/telegram/user/status/%00secret'])(
  'of %s the log has the route',
  async (path) => {
    const { request, all } = loggedApi();
    await request(path);
    expect(all()).not.toContain('secret');
  },
);

test('health is logged for debugging only', async () => {
  const { request, lines } = loggedApi();
  await request('/healthz');
  await request('/readyz');
  expect(lines.info).not.toHaveBeenCalled();
  expect(lines.debug).toHaveBeenCalledTimes(2);
});

test('an unexpected error is logged with its request', async () => {
  const { lines, post } = loggedApi();
  const user_id = await queues.owner.newAccount(READY);
  await queues.owner.damageView(user_id, 'no JSON');
  await post('/telegram/user/send', { user_id, recipient_id: 'me', text: 'x' });
  expect(lines.error).toHaveBeenCalledWith(
    { requestId: 'r1', err: expect.any(SyntaxError) },
    'unexpected error',
  );
});

import { expect, test } from 'vitest';
import { enqueued } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

test.each([
  ['GET', '/jobs/JOB/events'],
  ['HEAD', '/jobs/JOB/events'],
  ['GET', '/telegram/user/auth/qr/USER'],
  ['GET', '/telegram/accounts/USER/events'],
  ['POST', '/message_stream'],
])('the events of %s %s are for nobody’s cache', async (method, path) => {
  const { stop, request } = queues.api();
  const { userId, jobId } = await enqueued(queues);
  const reply = { user_id: userId, messages: [{ role: 'assistant', content: 'as it is' }] };
  const response = await request(path.replace('JOB', jobId).replace('USER', userId), {
    method,
    headers: { 'content-type': 'application/json', 'x-request-id': 'r1' },
    ...(method === 'POST' && { body: JSON.stringify(reply) }),
  });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': 'r1',
  });
  stop.abort();
  await response.text();
});

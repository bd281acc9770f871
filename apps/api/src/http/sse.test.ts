import { expect, test } from 'vitest';
import { JOB_ID, SENT } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

const REPLY = JSON.stringify({ user_id: 'user1', messages: [{ role: 'assistant', content: 'as it is' }] });

test.each<[string, string, string?]>([
  ['GET', `/jobs/${JOB_ID}/events`],
  ['HEAD', `/jobs/${JOB_ID}/events`],
  ['GET', '/telegram/user/auth/qr/user1'],
  ['GET', '/telegram/accounts/user1/events'],
  ['POST', '/message_stream', REPLY],
])('the events of %s %s are for nobody’s cache', async (method, path, body) => {
  const { producer, stop, request } = testApi();
  producer.jobs.set(JOB_ID, SENT);
  const headers = { 'content-type': 'application/json', 'x-request-id': 'r1' };
  const response = await request(path, { method, headers, ...(body !== undefined && { body }) });
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

import type { WebhookDelivery } from '@gateway/contracts';
import { parseSettings } from '@gateway/runtime';
import { expect, test } from 'vitest';
import { JOB_ID } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

const DELIVERY: WebhookDelivery = {
  id: `job-${JOB_ID}`,
  type: 'job',
  user_id: 'user1',
  job_id: JOB_ID,
  url: 'https://x.org/hook',
  state: 'failed',
  attempts: [{ at: '2024-01-15T12:00:00.000Z', status: 500, error: 'the receiver answered 500', ms: 3 }],
  created_at: '2024-01-15T12:00:00.000Z',
  next_attempt_at: null,
};
const LIST = '/webhooks/deliveries';

function apiWith(keys?: string) {
  const api = testApi(keys === undefined ? {} : { API_KEYS: parseSettings({ API_KEYS: keys }).API_KEYS });
  api.producer.deliveries.push(DELIVERY);
  return api;
}

test('deliveries are listed by account, or by job', async () => {
  const { call } = apiWith();
  for (const query of ['user_id=user1', 'user_id=user1&state=failed&limit=5', `job_id=${JOB_ID}`]) {
    expect((await call(`${LIST}?${query}`)).body).toEqual({
      status: 'ok',
      deliveries: [DELIVERY],
      cursor: null,
    });
  }
  for (const query of ['user_id=user1&state=pending', 'user_id=user2', 'job_id=x']) {
    expect((await call(`${LIST}?${query}`)).body).toEqual({ status: 'ok', deliveries: [], cursor: null });
  }
});

test.each([
  ['', 'user_id'],
  ['user_id=..', 'user_id'],
  ['user_id=user1&limit=0', 'limit'],
  ['user_id=user1&limit=1e9', 'limit'],
  ['user_id=user1&state=gone', 'state'],
])('?%s is a 400 that names %s', async (query, path) => {
  const answer = await apiWith().call(`${LIST}?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION', issues: [{ path }] } });
});

test('one is read and replayed by its id', async () => {
  const { call } = apiWith();
  expect((await call(`${LIST}/${DELIVERY.id}`)).body).toEqual({ status: 'ok', ...DELIVERY });
  expect(await call(`${LIST}/${DELIVERY.id}/replay`, { method: 'POST' })).toMatchObject({
    status: 202,
    body: { id: DELIVERY.id, state: 'pending' },
  });
  for (const id of ['nothing', 'x'.repeat(500)]) expect((await call(`${LIST}/${id}`)).status).toBe(404);
});

test('a key sees the deliveries of its own accounts only', async () => {
  const { call } = apiWith('k:user2');
  const headers = { 'x-api-key': 'k' };
  expect((await call(`${LIST}?user_id=user1`)).status).toBe(401);
  expect((await call(`${LIST}?user_id=user1`, { headers })).status).toBe(403);
  expect((await call(`${LIST}?job_id=${JOB_ID}`, { headers })).body).toMatchObject({ deliveries: [] });
  expect((await call(`${LIST}/${DELIVERY.id}`, { headers })).status).toBe(404);
  expect((await call(`${LIST}/${DELIVERY.id}/replay`, { headers, method: 'POST' })).status).toBe(404);
});

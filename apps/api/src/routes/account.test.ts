import type { PaceChoice } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { JOB_ID, READY } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

test.each([
  [{}, { logout: true }],
  [{ logout: true }, { logout: true }],
  [{ logout: false }, { logout: false }],
])('disconnect with %j asks for %j', async (fields, payload) => {
  const { producer, call } = testApi();
  producer.controlResults['account.disconnect'] = {};
  const { status, body } = await call('/telegram/user/disconnect', { body: { user_id: 'user1', ...fields } });
  expect(status).toBe(200);
  expect(body).toEqual({ status: 'ok', message: 'Disconnected', job_id: JOB_ID });
  expect(producer.added).toMatchObject([{ name: 'account.disconnect', userId: 'user1', payload }]);
});

test.each([
  ['pause', 'Paused'],
  ['resume', 'Resumed'],
] as const)('%s has the worker do so, and says how the account stands', async (action, message) => {
  const { producer, call } = testApi();
  producer.controlResults[`account.${action}`] = READY;
  const { status, body } = await call(`/telegram/user/${action}`, { body: { user_id: 'user1' } });
  expect([status, body]).toEqual([200, { status: 'ok', message, state: 'ready', job_id: JOB_ID }]);
  expect(producer.added).toMatchObject([{ name: `account.${action}`, userId: 'user1' }]);
});

const PACES: (PaceChoice | null)[] = ['off', 'careful', { per_minute: 20, strangers_per_day: 0 }, null];

test.each(PACES)('the pace may be %j', async (pace) => {
  const { producer, call } = testApi();
  producer.controlResults['account.pace'] = pace === null ? READY : { ...READY, pace };
  const { status, body } = await call('/telegram/user/pace', { body: { user_id: 'user1', pace } });
  const answer = { status: 'ok', message: 'Pace set', pace, replies_only: false, job_id: JOB_ID };
  expect([status, body]).toEqual([200, answer]);
  expect(producer.added).toMatchObject([{ payload: { pace } }]);
});

test.each(['fast', { per_minute: 0 }, { per_second: 1 }, 5])('a pace of %j is refused', async (pace) => {
  const { producer, call } = testApi();
  const { status, body } = await call('/telegram/user/pace', { body: { user_id: 'user1', pace } });
  expect([status, body['code']]).toEqual([400, 'VALIDATION']);
  expect(producer.added).toEqual([]);
});

import type { PaceChoice } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';

const queues = useRealQueues();

test.each([
  [{}, { logout: true }],
  [{ logout: true }, { logout: true }],
  [{ logout: false }, { logout: false }],
])('disconnect with %j asks for %j', async (fields, payload) => {
  const { owner } = queues;
  const user_id = await owner.newAccount(READY);
  owner.answer(user_id, 'account.disconnect', {});
  const { status, body } = await queues
    .api()
    .call('/telegram/user/disconnect', { body: { user_id, ...fields } });
  expect(status).toBe(200);
  expect(body).toEqual({ status: 'ok', message: 'Disconnected', job_id: expect.any(String) });
  expect(owner.ranOf(user_id)).toMatchObject([{ name: 'account.disconnect', payload }]);
});

test.each([
  ['pause', 'Paused'],
  ['resume', 'Resumed'],
] as const)('%s has the worker do so, and says how the account stands', async (action, message) => {
  const { owner } = queues;
  const user_id = await owner.newAccount(READY);
  owner.answer(user_id, `account.${action}`, READY);
  const { status, body } = await queues.api().call(`/telegram/user/${action}`, { body: { user_id } });
  expect([status, body]).toEqual([
    200,
    { status: 'ok', message, state: 'ready', job_id: expect.any(String) },
  ]);
  expect(owner.ranOf(user_id)).toMatchObject([{ name: `account.${action}` }]);
});

const PACES: (PaceChoice | null)[] = ['off', 'careful', { per_minute: 20, strangers_per_day: 0 }, null];

test.each(PACES)('the pace may be %j', async (pace) => {
  const { owner } = queues;
  const user_id = await owner.newAccount(READY);
  owner.answer(user_id, 'account.pace', pace === null ? READY : { ...READY, pace });
  const { status, body } = await queues.api().call('/telegram/user/pace', { body: { user_id, pace } });
  const answer = { status: 'ok', message: 'Pace set', pace, replies_only: false, job_id: expect.any(String) };
  expect([status, body]).toEqual([200, answer]);
  expect(owner.ranOf(user_id)).toMatchObject([{ payload: { pace } }]);
});

test.each(['fast', { per_minute: 0 }, { per_second: 1 }, 5])('a pace of %j is refused', async (pace) => {
  const { owner } = queues;
  const user_id = await owner.newAccount(READY);
  const { status, body } = await queues.api().call('/telegram/user/pace', { body: { user_id, pace } });
  expect([status, body['code']]).toEqual([400, 'VALIDATION']);
  expect(owner.ranOf(user_id)).toEqual([]);
});

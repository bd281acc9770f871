import { expect, test } from 'vitest';
import { JOB_ID } from '../testing/fake-producer.ts';
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

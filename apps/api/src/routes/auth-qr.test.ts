import { UNKNOWN_ACCOUNT, type QrResult } from '@gateway/contracts';
import { parseSettings } from '@gateway/runtime';
import { expect, test } from 'vitest';
import { readEvents } from '../testing/read-events.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { ALICE } from '../testing/views.ts';

const QR = '/telegram/user/auth/qr';

const queues = useRealQueues();

async function accountWith(answer: QrResult) {
  const { owner } = queues;
  const user_id = await owner.newAccount({ ...UNKNOWN_ACCOUNT, state: 'qr_pending' });
  owner.answer(user_id, 'auth.qr', answer);
  return user_id;
}

test.each([
  { status: 'authorized', user: ALICE } as const,
  { status: 'password_required', hint: 'cat' } as const,
])('a code that was scanned before it was asked for is answered as verify does: %j', async (result) => {
  const user_id = await accountWith(result);
  const { status, body } = await queues.api().call(QR, { body: { user_id } });
  expect(status).toBe(200);
  expect(body).toEqual({ ...result, message: expect.any(String), job_id: expect.any(String) });
  expect(queues.owner.ranOf(user_id)).toMatchObject([{ name: 'auth.qr', payload: { begin: true } }]);
});

test.each([{}, { user_id: '../x' }, { user_id: 'user1', phone_number: '+79991234567' }])(
  '%j is refused',
  async (body) => {
    expect(await queues.api().call(QR, { body })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION' },
    });
  },
);

test('the bot is refused, which nobody signs in by hand', async () => {
  const token = '700800:AAbbCCddEEffGGhhIIjjKKllMMnn';
  const { call } = queues.api(parseSettings({ TELEGRAM_BOT_TOKEN: token }));
  expect(await call(QR, { body: { user_id: 'bot.700800' } })).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'user_id', message: expect.stringContaining('is the bot') }] },
  });
});

test('a stream runs the step without beginning anew, and ends without a word when the process stops', async () => {
  const expires_at = new Date(Date.now() + 30_000).toISOString();
  const user_id = await accountWith({ status: 'qr', url: 'tg://login?token=abc', expires_at });
  const { request, stop } = queues.api();
  const response = await request(`${QR}/${user_id}`);
  stop.abort();
  expect(readEvents(await response.text())).toMatchObject([{ event: 'qr' }]);
  expect(queues.owner.ranOf(user_id)).toMatchObject([{ name: 'auth.qr', payload: { begin: false } }]);
});

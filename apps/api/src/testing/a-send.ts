import { GatewayError, type AccountView } from '@gateway/contracts';
import type { RealQueues } from './real-queues.ts';
import { READY } from './views.ts';

export const SEND = '/telegram/user/send';
export const body = { user_id: 'user1', recipient_id: '987654321', text: 'Привет! 👋' };

/** The result of a job that was sent. */
export const SENT = { message_id: 123, date: '2024-01-15T12:00:00Z' };
export const REFUSED = new GatewayError('RECIPIENT_REFUSED', 'Telegram says no.', {
  rpcError: 'USER_IS_BLOCKED',
});

/** Enqueues a message of a new account. */
export async function enqueued({ owner, api }: RealQueues, view: AccountView = READY) {
  const userId = await owner.newAccount(view);
  const message = { ...body, user_id: userId };
  const answer = await api().call(SEND, { body: message, headers: { prefer: 'respond-async' } });
  return { userId, jobId: String(answer.body['job_id']), fetch: () => owner.fetch(userId) };
}

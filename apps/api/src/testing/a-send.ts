import { JOB_ID } from './fake-producer.ts';

export const SEND = '/telegram/user/send';
export const body = { user_id: 'user1', recipient_id: '987654321', text: 'Привет! 👋' };
/** How it is answered once it is sent. */
export const ANSWERED = {
  status: 'ok',
  success: true,
  message_id: 123,
  date: '2024-01-15T12:00:00Z',
  job_id: JOB_ID,
};

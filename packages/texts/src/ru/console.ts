import { ACCOUNT } from './console/account.ts';
import { ACCOUNTS } from './console/accounts.ts';
import { BATCH } from './console/batch.ts';
import { CHATS } from './console/chats.ts';
import { FRAME } from './console/frame.ts';
import { MESSAGES } from './console/messages.ts';
import { SIGN_IN } from './console/sign-in.ts';
import { STATES } from './console/states.ts';
import { WEBHOOKS } from './console/webhooks.ts';

/**
 * Texts of the web console. People are addressed as "вы". One Russian term for each English one:
 *
 * - account: аккаунт; session: сессия; worker: воркер; gateway: шлюз; sandbox: песочница
 * - queue: очередь; job: задание; send, message: сообщение; failure: ошибка; retry: повторить
 * - pause: приостановить, пауза; resume: возобновить; held: отложено; pace: темп отправки
 * - sign in: вход, войти; disconnect: отключить; webhook: вебхук; event: событие; delivery: доставка
 */
export const CONSOLE = {
  ...FRAME,
  ...STATES,
  ...ACCOUNTS,
  ...ACCOUNT,
  ...MESSAGES,
  ...BATCH,
  ...CHATS,
  ...SIGN_IN,
  ...WEBHOOKS,
} as const;

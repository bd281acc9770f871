export { usesNativeMath } from './gramjs/prepare-gramjs.ts';
export { readSession, sameKey } from './connection/session.ts';
export { chatOf, type Chat } from './peers/chat.ts';
export { createTelegram } from './telegram.ts';
export {
  TelegramFailure,
  type AccountClient,
  type DataCenter,
  type FailureOutcome,
  type OutgoingMessage,
  type PendingLogin,
  type QrLogin,
  type Telegram,
  type Proxy,
  type TelegramOptions,
} from './types.ts';

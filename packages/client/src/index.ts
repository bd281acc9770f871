export type { AccountQuery, Accounts } from './accounts.ts';
export type { IdempotencyOptions, SendOptions } from './actions.ts';
export type * from './batch-types.ts';
export type { Download } from './download.ts';
export { GatewayApiError, GatewayConnectionError, JobTimeoutError, type ClientErrorCode } from './errors.ts';
export { GatewayClient, type GatewayClientOptions } from './gateway-client.ts';
export { hasEnded, type WaitForJobOptions } from './jobs.ts';
export type {
  ChatMessage,
  MessageStreamEvent,
  MessageStreamOptions,
  MessageStreamRequest,
  TelegramProgress,
} from './message-stream.ts';
export type { QrAnswer, QrCode, QrEvent } from './qr.ts';
export type * from './types.ts';
export type { UpdatesOptions } from './updates.ts';
export type * from './webhook-types.ts';
export type { DeliveryQuery, Webhooks } from './webhooks.ts';

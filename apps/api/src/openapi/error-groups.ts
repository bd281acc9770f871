import type { ErrorCode } from '@gateway/contracts';

/** Errors of every operation that requires a key and reads the queue. */
export const GUARDED: readonly ErrorCode[] = ['UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL', 'QUEUE_UNAVAILABLE'];
/** Errors of every operation with a request body. */
export const BODY: readonly ErrorCode[] = [
  ...GUARDED,
  'VALIDATION',
  'MALFORMED_JSON',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_TIMEOUT',
];
/** Errors of every operation that a worker runs while the caller waits. */
export const BY_WORKER: readonly ErrorCode[] = [
  'WORKER_UNAVAILABLE',
  'TELEGRAM_UNAVAILABLE',
  'TELEGRAM_MISCONFIGURED',
  'PROXY_UNREACHABLE',
  'TELEGRAM_TIMEOUT',
  'TELEGRAM_ERROR',
  'SESSION_UNREADABLE',
  'STORAGE_FULL',
  'STORAGE_UNAVAILABLE',
  'FLOOD_WAIT',
];
export const INTERACTIVE: readonly ErrorCode[] = [...BODY, ...BY_WORKER];
/** Errors after which an account can no longer be used. */
export const ACCOUNT: readonly ErrorCode[] = [
  'NOT_AUTHORIZED',
  'ACCOUNT_BANNED',
  'ACCOUNT_FROZEN',
  'SESSION_UNREADABLE',
];
/** Errors of every operation that makes Telegram send a login code. */
export const CODE: readonly ErrorCode[] = [
  'PHONE_NUMBER_INVALID',
  'PHONE_NUMBER_BANNED',
  'API_ID_INVALID',
  'UPDATE_APP_TO_LOGIN',
  'EMAIL_SETUP_REQUIRED',
  'RATE_LIMITED',
  'SEND_CODE_UNAVAILABLE',
  'ALREADY_AUTHORIZED',
];
/** The errors that every action has: those of accepting a job, and those of a job that ends within the wait. */
export const EVERY_ACTION: readonly ErrorCode[] = [
  ...BODY,
  ...BY_WORKER,
  ...ACCOUNT,
  'ACCOUNT_DISCONNECTED',
  'CANCELLED',
  'IDEMPOTENCY_MISMATCH',
  'QUEUE_FULL',
  'BOT_NOT_CONFIGURED',
];
/** The errors of these groups, and those of accounts. Others are an operation's own. */
export const COMMON: ReadonlySet<ErrorCode> = new Set(EVERY_ACTION);

/**
 * What operations document as their common errors, by name: the first group that has all of theirs. Generators and
 * readers need few of them, so a group also has errors that only some of its operations return.
 */
export const DOCUMENTED_GROUPS: Readonly<Record<string, readonly ErrorCode[]>> = {
  ProbeErrors: ['FORBIDDEN', 'INTERNAL', 'QUEUE_UNAVAILABLE', 'WORKER_UNAVAILABLE'],
  QueryErrors: [...GUARDED, 'VALIDATION'],
  RequestErrors: BODY,
  AccountErrors: [...INTERACTIVE, ...ACCOUNT, 'API_ID_INVALID', 'UPDATE_APP_TO_LOGIN'],
  ActionErrors: [
    ...EVERY_ACTION,
    'RECIPIENT_NOT_FOUND',
    'RECIPIENT_REFUSED',
    'MESSAGE_NOT_FOUND',
    'JOB_NOT_FOUND',
    'DEPENDENCY_FAILED',
    'BOT_NO_ANSWER',
  ],
};

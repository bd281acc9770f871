import type { ErrorSentence } from '@gateway/texts';

/**
 * What the caller can do about an error.
 * - `retryable`: the same request may succeed later.
 * - `permanent`: the same request will never succeed.
 * - `user_action`: a person has to act first (sign in, check the account, fix a setting).
 * - `unknown_outcome`: the request may or may not have taken effect.
 */
export type ErrorKind = 'retryable' | 'permanent' | 'user_action' | 'unknown_outcome';

export interface ErrorCodeEntry {
  /** HTTP status of the response. */
  status: ErrorStatus;
  kind: ErrorKind;
  /** What happened, for a person; used unless the error has a more exact message. */
  message: string;
  /** What to do about it. */
  action: string;
}

export type ErrorStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 408
  | 409
  | 410
  | 413
  | 415
  | 416
  | 422
  | 429
  | 500
  | 502
  | 503
  | 504
  | 507;

/** Every error code of the public API: the single source for responses, jobs and docs. */
export const ERROR_CODES = {
  // The request itself
  VALIDATION: entry(400, 'permanent', 'The request is not valid.', 'Correct the fields named in `issues`.'),
  MALFORMED_JSON: entry(400, 'permanent', 'The body is not valid JSON.', 'Send a JSON object in UTF-8.'),
  NOT_FOUND: entry(404, 'permanent', 'There is nothing at this path.', 'Check the path against the docs.'),
  METHOD_NOT_ALLOWED: entry(
    405,
    'permanent',
    'This path does not support this method.',
    'See the `Allow` header.',
  ),
  REQUEST_TIMEOUT: entry(
    408,
    'retryable',
    'The request did not arrive in time.',
    'Send it again, completely within 30 seconds; nothing was done.',
  ),
  PAYLOAD_TOO_LARGE: entry(
    413,
    'permanent',
    'The body is over 256 KiB, or 8 MiB for a batch.',
    'Send less in one request.',
  ),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    'permanent',
    'The body is not JSON.',
    'Send `Content-Type: application/json`.',
  ),
  UNAUTHORIZED: entry(
    401,
    'user_action',
    'An API key is needed.',
    'Send `Authorization: Bearer <key>` or `X-API-Key`.',
  ),
  FORBIDDEN: entry(
    403,
    'user_action',
    'This is not allowed here.',
    'Use a key that may use this account, or call from this machine.',
  ),
  WEBHOOK_NOT_FOUND: entry(
    404,
    'permanent',
    'There is no such webhook.',
    'Check the id; a key sees only webhooks whose accounts it may all use.',
  ),
  JOB_NOT_FOUND: entry(
    404,
    'permanent',
    'There is no such job, or it is no longer kept.',
    'Check the id; ended jobs are kept for a limited time.',
  ),
  IDEMPOTENCY_MISMATCH: entry(
    422,
    'permanent',
    'This Idempotency-Key was used with another body.',
    'Use a new key for a new message.',
  ),

  QUEUE_FULL: entry(
    429,
    'retryable',
    'Too many messages of this account are waiting.',
    'Wait `retry_after` seconds, or cancel some.',
  ),
  DEPENDENCY_FAILED: entry(
    409,
    'permanent',
    'The job that this one waited for sent nothing.',
    'Read `dependency.code`. A retry of that job does not revive this one.',
  ),
  CANCELLED: entry(409, 'permanent', 'The message was cancelled.', 'Send it again if it is still wanted.'),

  // The assistant and the bot
  ASSISTANT_NOT_CONFIGURED: entry(
    503,
    'user_action',
    'No assistant is set up here.',
    "Set ASSISTANT_BASE_URL and ASSISTANT_MODEL, or end `messages` with the assistant's own message.",
  ),
  ASSISTANT_FORBIDDEN: entry(
    403,
    'user_action',
    'The assistant may not write to this chat from this account.',
    'Add it to ASSISTANT_ALLOW.',
  ),
  ASSISTANT_REFUSED: entry(
    502,
    'permanent',
    'The assistant refused the request.',
    'Read the message; check model, key and messages.',
  ),
  ASSISTANT_BAD_RESPONSE: entry(
    502,
    'user_action',
    'The answer of the assistant is not a chat completion.',
    'Check ASSISTANT_BASE_URL: it must not contain `/chat/completions`.',
  ),
  ASSISTANT_UNAVAILABLE: entry(
    502,
    'retryable',
    'The assistant could not be reached, or closed the connection.',
    'Try again later.',
  ),
  ASSISTANT_TIMEOUT: entry(
    504,
    'retryable',
    'The assistant did not answer in time.',
    'Try again later; for a slow model raise the setting named in the message.',
  ),
  ASSISTANT_RATE_LIMITED: entry(
    429,
    'retryable',
    'Too many requests to the assistant.',
    'Try again later, after `retry_after` seconds if given.',
  ),
  ASSISTANT_EMPTY: entry(
    502,
    'retryable',
    'The assistant answered without text.',
    'Ask again, or in other words.',
  ),
  ASSISTANT_INCOMPLETE: entry(
    502,
    'permanent',
    'The reply was truncated, and was not sent.',
    'Read `finish_reason`: for `length` raise `max_tokens` or ask for less; `send_if_cut` sends truncated replies too.',
  ),
  ASSISTANT_DECLINED: entry(
    502,
    'permanent',
    'The assistant declined to answer.',
    'Read `refusal`; ask for something else.',
  ),
  ASSISTANT_TOOL_CALL: entry(
    502,
    'permanent',
    'The assistant requested a tool call, and the gateway runs no tools.',
    'Ask without `tools`, or call the tool yourself and send the reply as the last message.',
  ),
  BOT_NOT_CONFIGURED: entry(
    400,
    'user_action',
    'No bot is set up here.',
    'Set TELEGRAM_BOT_TOKEN, or leave `send_as_user` true.',
  ),

  // The service
  QUEUE_UNAVAILABLE: entry(
    503,
    'retryable',
    'The queue (Redis) is not reachable.',
    'Try again in a moment: nothing was queued, and nothing will be. If `kind` is `unknown_outcome`, it may have been queued: read the job, or repeat the request under the same Idempotency-Key.',
  ),
  WORKER_UNAVAILABLE: entry(
    503,
    'retryable',
    'No worker started the job in time.',
    'Try again; the job was withdrawn. Check that a worker is running.',
  ),
  TELEGRAM_UNAVAILABLE: entry(503, 'retryable', 'Telegram is not reachable.', 'Try again in a moment.'),
  TELEGRAM_MISCONFIGURED: entry(
    500,
    'user_action',
    "Telegram cannot be reached with this server's settings.",
    'Operator: read the message; check TELEGRAM_DC, TELEGRAM_DC_KEY and TELEGRAM_PROXY. Queued messages wait.',
  ),
  PROXY_UNREACHABLE: entry(
    503,
    'user_action',
    'The own proxy of the account does not lead to Telegram.',
    'Check the proxy, or give the account another by /telegram/user/proxy. Queued messages wait; the account is never connected without it.',
  ),
  TELEGRAM_TIMEOUT: entry(
    504,
    'unknown_outcome',
    'Telegram did not answer in time.',
    'Check the job or the account before you try again.',
  ),
  TELEGRAM_ERROR: entry(
    502,
    'permanent',
    'Telegram refused the call with an error that the gateway does not know.',
    'Read `rpc_error`; the same call will be refused again.',
  ),
  STORAGE_FULL: entry(
    507,
    'user_action',
    'The storage accepts no writes: it is full or read-only.',
    'Read the message. Operator: free space, or make DATA_DIR writable (the log names the file). Then try again.',
  ),
  STORAGE_UNAVAILABLE: entry(
    503,
    'retryable',
    'The storage for accounts did not answer in time.',
    "Try again in a moment. Operator: the worker's log has the cause.",
  ),
  INTERNAL: entry(500, 'retryable', 'The gateway failed unexpectedly.', 'Tell the operator the request id.'),

  // Signing in
  ALREADY_AUTHORIZED: entry(
    409,
    'permanent',
    'This account is already signed in.',
    'Send messages, or disconnect it first.',
  ),
  AUTH_NOT_STARTED: entry(
    409,
    'user_action',
    'No sign-in has been started for this account.',
    'Call `/telegram/user/auth/start` or `/telegram/user/auth/qr` first.',
  ),
  PHONE_NUMBER_INVALID: entry(
    400,
    'permanent',
    'Telegram does not accept this phone number.',
    'Check the number, including the country code.',
  ),
  PHONE_NUMBER_BANNED: entry(
    403,
    'permanent',
    'Telegram has banned this phone number.',
    'Write to recover@telegram.org.',
  ),
  PHONE_NUMBER_UNOCCUPIED: entry(
    404,
    'user_action',
    'No Telegram account has this phone number.',
    'Sign up in an official app first.',
  ),
  PHONE_CODE_INVALID: entry(
    400,
    'user_action',
    'The code is wrong.',
    'Send the right code; the same sign-in continues.',
  ),
  PHONE_CODE_EXPIRED: entry(410, 'user_action', 'The code has expired.', 'Start the sign-in again.'),
  PASSWORD_INVALID: entry(
    400,
    'user_action',
    'The two-factor password is wrong.',
    'Send the right password; `hint` may help.',
  ),
  SEND_CODE_UNAVAILABLE: entry(
    409,
    'user_action',
    'Telegram has no other way to deliver the code.',
    'Wait for the code, or start again later.',
  ),
  API_ID_INVALID: entry(
    500,
    'user_action',
    "Telegram refuses this server's API id.",
    'Operator: check TELEGRAM_API_ID and TELEGRAM_API_HASH.',
  ),
  UPDATE_APP_TO_LOGIN: entry(
    500,
    'user_action',
    'Telegram refuses this kind of sign-in: it considers the app of this server outdated or unofficial.',
    'Operator: update the gateway, use your own API id (https://my.telegram.org), or sign in by `/telegram/user/auth/qr`.',
  ),
  EMAIL_SETUP_REQUIRED: entry(
    409,
    'user_action',
    'Telegram sends a code only after this account has an e-mail address for sign-ins.',
    'Sign in with an official app and set the address there (Settings, Privacy and Security, Login Email); then start again.',
  ),
  RATE_LIMITED: entry(429, 'retryable', 'Too many tries.', 'Wait `retry_after` seconds.'),
  FLOOD_WAIT: entry(429, 'retryable', 'Telegram asks this account to wait.', 'Wait `retry_after` seconds.'),

  // The account
  NOT_AUTHORIZED: entry(
    401,
    'user_action',
    'This account is not signed in.',
    'Sign in by `/telegram/user/auth/start` or `/telegram/user/auth/qr`.',
  ),
  SESSION_IN_USE: entry(
    409,
    'user_action',
    'Another account of this gateway has the same session.',
    'Use that account, or disconnect it first: Telegram ends a session that is used twice.',
  ),
  SESSION_UNREADABLE: entry(
    500,
    'user_action',
    'The stored session of this account cannot be read.',
    "Operator: restore the session file or the key (the worker's log names it), then resume the account. Or sign in again.",
  ),
  ACCOUNT_DISCONNECTED: entry(
    409,
    'permanent',
    'The account was disconnected before this was sent.',
    'Sign in and send again.',
  ),
  ACCOUNT_BANNED: entry(
    403,
    'permanent',
    'Telegram has deactivated this account.',
    'Write to recover@telegram.org.',
  ),
  ACCOUNT_FROZEN: entry(
    403,
    'user_action',
    'Telegram has frozen this account.',
    'Appeal in an official app, then resume the account.',
  ),
  PEER_FLOOD: entry(
    403,
    'user_action',
    'Telegram limits this account: it wrote to too many strangers.',
    'Ask @SpamBot, then resume the account.',
  ),

  RECEIVING_OFF: entry(
    409,
    'user_action',
    'This account does not receive.',
    'Turn receiving on by `/telegram/user/receive`.',
  ),
  REPLIES_ONLY_ON: entry(
    409,
    'user_action',
    'This account answers only people who have written to it, so it must receive.',
    'Set `replies_only` to false by `/telegram/user/pace` first.',
  ),
  NOT_A_REPLY: entry(
    403,
    'user_action',
    'This account answers only, and this person is not known to have written to it in time.',
    'Wait until they write, or name them by id. `replies_only` of `/telegram/user/pace` changes the rule.',
  ),
  EVENTS_GONE: entry(
    410,
    'permanent',
    'Events after this number are no longer kept, or the number was never used.',
    'Go on after `oldest_seq` - 1. What lies between is lost here; read it from the chats.',
  ),

  // The recipient and the message
  RECIPIENT_NOT_FOUND: entry(
    404,
    'permanent',
    'This account cannot reach a chat by this recipient_id.',
    'Check it; the message says how to make the chat reachable. A new request asks Telegram again.',
  ),
  RECIPIENT_REFUSED: entry(
    403,
    'permanent',
    'Telegram does not let this account write to this chat.',
    'Read `rpc_error`.',
  ),
  MESSAGE_NOT_FOUND: entry(
    404,
    'permanent',
    'There is no such message in this chat.',
    'Check the message id and the chat; the message may be deleted.',
  ),
  BUTTON_NOT_FOUND: entry(
    409,
    'permanent',
    'The message has no such button, or none that can be pressed.',
    'Read the message again: its bot may have changed the buttons.',
  ),
  BOT_NO_ANSWER: entry(
    504,
    'unknown_outcome',
    'The button was pressed, and its bot did not answer in time.',
    'Look at the chat: the bot may have acted all the same.',
  ),
  INVITE_INVALID: entry(
    404,
    'permanent',
    'The invite link is not valid, or not any more.',
    'Ask for a new link.',
  ),
  EDIT_TOO_LATE: entry(
    409,
    'permanent',
    'Telegram no longer lets this message be edited.',
    'Send a new message instead.',
  ),
  NOT_AUTHOR: entry(
    403,
    'permanent',
    'The account did not write this message.',
    'Edit only messages of the account itself.',
  ),
  REACTION_REFUSED: entry(
    422,
    'permanent',
    'Telegram does not take this reaction here.',
    'Read `rpc_error`; choose another emoji, or fewer.',
  ),
  MEDIA_TOO_LARGE: entry(
    413,
    'permanent',
    'The file is too large.',
    'Send a smaller file: the message says how large it may be.',
  ),
  MEDIA_UNAVAILABLE: entry(
    422,
    'permanent',
    'The file cannot be fetched from its address.',
    'Read the message; check the address, or upload the file.',
  ),
  MEDIA_REFUSED: entry(
    422,
    'permanent',
    'Telegram does not take this file, location, contact or poll.',
    'Read `rpc_error`; send it as another type, such as `document`.',
  ),
  UPLOAD_NOT_FOUND: entry(
    404,
    'permanent',
    'This account has no such upload, or no longer.',
    'Upload the file again. Unused uploads expire, and used ones go when their last message is sent.',
  ),
  FILE_NOT_FOUND: entry(
    404,
    'permanent',
    'This account has no such file.',
    'Read the message again: it may be deleted, or have another file now.',
  ),
  RANGE_NOT_SATISFIABLE: entry(
    416,
    'permanent',
    'The file has no such bytes.',
    'Read the size in `Content-Range`, and ask for bytes within it.',
  ),
  MESSAGE_INVALID: entry(400, 'permanent', 'Telegram does not accept this message.', 'Read `rpc_error`.'),
  TOO_LATE: entry(409, 'permanent', 'The message was sent, or is being sent.', 'None: read the job.'),
} satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}

/** Takes sentences that have a Russian one. */
function entry(
  status: ErrorStatus,
  kind: ErrorKind,
  message: ErrorSentence,
  action: ErrorSentence,
): ErrorCodeEntry {
  return { status, kind, message, action };
}

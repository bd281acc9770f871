import { RpcError } from '../types.ts';

const CODES: Record<number, readonly string[]> = {
  401: [
    'AUTH_KEY_UNREGISTERED',
    'AUTH_KEY_INVALID',
    'AUTH_KEY_PERM_EMPTY',
    'SESSION_REVOKED',
    'SESSION_EXPIRED',
    'SESSION_PASSWORD_NEEDED',
    'USER_DEACTIVATED',
    'USER_DEACTIVATED_BAN',
  ],
  403: [
    'CHAT_WRITE_FORBIDDEN',
    'CHAT_GUEST_SEND_FORBIDDEN',
    'MESSAGE_AUTHOR_REQUIRED',
    'MESSAGE_DELETE_FORBIDDEN',
    'PREMIUM_ACCOUNT_REQUIRED',
    'PRIVACY_PREMIUM_REQUIRED',
    'USER_PRIVACY_RESTRICTED',
    'USER_RESTRICTED',
    'VOICE_MESSAGES_FORBIDDEN',
  ],
  406: [
    'AUTH_KEY_DUPLICATED',
    'PHONE_NUMBER_INVALID',
    'PHONE_PASSWORD_FLOOD',
    'SEND_CODE_UNAVAILABLE',
    'UPDATE_APP_TO_LOGIN',
    'FRESH_RESET_AUTHORISATION_FORBIDDEN',
    'TOPIC_CLOSED_ADMIN',
  ],
  420: ['FROZEN_METHOD_INVALID', 'FROZEN_PARTICIPANT_MISSING'],
  500: [
    'AUTH_RESTART',
    'HISTORY_GET_FAILED',
    'INTERNAL_SERVER_ERROR',
    'MSG_WAIT_FAILED',
    'RANDOM_ID_DUPLICATE',
    'RPC_CALL_FAIL',
    'RPC_MCGET_FAIL',
    'WORKER_BUSY_TOO_LONG_RETRY',
  ],
  [-503]: ['TIMEOUT', 'Timeout'],
};

const CODE_BY_NAME = new Map(
  Object.entries(CODES).flatMap(([code, names]) => names.map((name) => [name, Number(code)] as const)),
);

/** Codes of names with a variable part, such as a number. */
const CODE_BY_PATTERN: readonly [RegExp, number][] = [
  [/^(PHONE|NETWORK|USER|FILE|STATS)_MIGRATE_\d+$/, 303],
  [/^CHAT_SEND_[A-Z]+_FORBIDDEN$/, 403],
  [/_WAIT_\d+$/, 420],
  [/^TAKEOUT_INIT_DELAY_\d+$/, 420],
  [/^ALLOW_PAYMENT_REQUIRED(_\d+)?$/, 403],
  [/_INTERNAL$|^INTERDC_\d+_CALL(_RICH)?_ERROR$/, 500],
];

/**
 * The numeric code for one of Telegram's error names; 400, the most frequent code, for a name that is not in the
 * tables.
 */
export function codeOfError(name: string): number {
  return CODE_BY_NAME.get(name) ?? CODE_BY_PATTERN.find(([pattern]) => pattern.test(name))?.[1] ?? 400;
}

export function rpcError(name: string): RpcError {
  return new RpcError(codeOfError(name), name);
}

/** Whether the error means that the auth key's sign-in has ended, so that every later call fails as well. */
export function endsAuthorization(name: string): boolean {
  return name === 'AUTH_KEY_DUPLICATED' || (codeOfError(name) === 401 && name !== 'SESSION_PASSWORD_NEEDED');
}

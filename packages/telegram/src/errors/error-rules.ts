import type { ErrorCode } from '@gateway/contracts';
import type { FailureOutcome } from './telegram-failure.ts';

/** The meaning of one of Telegram's error names. */
export interface Rule {
  /** @param seconds the number at the end of the name, at least 1. */
  failure: (seconds: number) => FailureOutcome;
  code: ErrorCode;
  message?: string;
  /** Seconds after which a caller may try again, if Telegram's name contains no number. */
  retryAfter?: number;
}

const fail = (): FailureOutcome => ({ outcome: 'fail' });
const retry = (): FailureOutcome => ({ outcome: 'retry', reached: true });
const waitAccount = (seconds: number): FailureOutcome => ({ outcome: 'wait', scope: 'account', seconds });
const waitChat = (seconds: number): FailureOutcome => ({ outcome: 'wait', scope: 'chat', seconds });

const RECIPIENT_REFUSED: Rule = { failure: fail, code: 'RECIPIENT_REFUSED' };
const RECIPIENT_NOT_FOUND: Rule = { failure: fail, code: 'RECIPIENT_NOT_FOUND' };
const RECIPIENT_UNREACHABLE: Rule = {
  failure: fail,
  code: 'RECIPIENT_NOT_FOUND',
  message: 'Telegram does not let this account use this chat.',
};
const MESSAGE_INVALID: Rule = { failure: fail, code: 'MESSAGE_INVALID' };
const INVITE_INVALID: Rule = { failure: fail, code: 'INVITE_INVALID' };
const MEDIA_REFUSED: Rule = { failure: fail, code: 'MEDIA_REFUSED' };
const REACTION_REFUSED: Rule = { failure: fail, code: 'REACTION_REFUSED' };
const API_ID_INVALID: Rule = { failure: fail, code: 'API_ID_INVALID' };
const APP_REFUSED: Rule = { failure: fail, code: 'UPDATE_APP_TO_LOGIN' };
const NEEDS_EMAIL: Rule = { failure: fail, code: 'EMAIL_SETUP_REQUIRED' };
const BAD_BOT_TOKEN: Rule = {
  failure: fail,
  code: 'BOT_NOT_CONFIGURED',
  message: 'Telegram does not know this TELEGRAM_BOT_TOKEN: ask @BotFather for the right one.',
};
const PHONE_CODE_INVALID: Rule = { failure: fail, code: 'PHONE_CODE_INVALID' };
const PHONE_CODE_EXPIRED: Rule = { failure: fail, code: 'PHONE_CODE_EXPIRED' };
const TOO_MANY_LOGINS: Rule = {
  failure: fail,
  code: 'RATE_LIMITED',
  message: 'Telegram has seen too many sign-ins of this phone number: try again tomorrow.',
  retryAfter: 24 * 60 * 60,
};
const FLOOD_WAIT: Rule = { failure: waitAccount, code: 'FLOOD_WAIT' };
export const REVOKED: Rule = {
  failure: () => ({ outcome: 'account', state: 'revoked' }),
  code: 'NOT_AUTHORIZED',
  message: 'Telegram has ended this session: sign in again.',
};
const BANNED: Rule = { failure: () => ({ outcome: 'account', state: 'banned' }), code: 'ACCOUNT_BANNED' };
const FROZEN: Rule = { failure: () => ({ outcome: 'account', state: 'frozen' }), code: 'ACCOUNT_FROZEN' };
/** Telegram says that it did nothing. */
const NOTHING_DONE: Rule = { failure: retry, code: 'TELEGRAM_UNAVAILABLE' };
/** Nothing was done, because Telegram was not reached. */
export const NOT_REACHED: Rule = {
  failure: () => ({ outcome: 'retry', reached: false }),
  code: 'TELEGRAM_UNAVAILABLE',
};
/** The operator must change a setting. Until then everything waits, since no message is at fault. */
export const MISCONFIGURED: Rule = {
  failure: () => ({ outcome: 'retry', reached: false }),
  code: 'TELEGRAM_MISCONFIGURED',
};
/** The account's own proxy does not get through. Its messages wait: it is never connected in another way. */
export const PROXY_UNREACHABLE: Rule = {
  failure: () => ({ outcome: 'retry', reached: false }),
  code: 'PROXY_UNREACHABLE',
};
const NO_RULE: Rule = { failure: fail, code: 'TELEGRAM_ERROR' };
// sendCode expects this and switches the data centre. Elsewhere it is an ordinary error.
const OTHER_DATA_CENTRE: Rule = {
  failure: fail,
  code: 'TELEGRAM_ERROR',
  message: 'Telegram keeps this account in another data centre.',
};

/**
 * All of Telegram's error names that the gateway treats specially. By name rather than code, since sources disagree on
 * some codes.
 * `_X` stands for a number at the end. {@link ruleFor} sorts all other names by code.
 */
const RULES: Readonly<Record<string, Rule>> = {
  // Flood waits
  FLOOD_WAIT_X: FLOOD_WAIT,
  FLOOD_PREMIUM_WAIT_X: FLOOD_WAIT,
  FLOOD_TEST_PHONE_WAIT_X: FLOOD_WAIT,
  SLOWMODE_WAIT_X: {
    failure: waitChat,
    code: 'FLOOD_WAIT',
    message: 'The chat is in slow mode: it takes one message at a time.',
  },

  // The account
  AUTH_KEY_UNREGISTERED: REVOKED,
  AUTH_KEY_INVALID: REVOKED,
  AUTH_KEY_PERM_EMPTY: REVOKED,
  SESSION_REVOKED: REVOKED,
  SESSION_EXPIRED: REVOKED,
  AUTH_KEY_DUPLICATED: {
    failure: () => ({ outcome: 'account', state: 'duplicated' }),
    code: 'NOT_AUTHORIZED',
    message: 'The session was used from two places at once, and Telegram has ended it: sign in again.',
  },
  SESSION_PASSWORD_NEEDED: {
    failure: () => ({ outcome: 'account', state: 'password_required' }),
    code: 'NOT_AUTHORIZED',
    message: 'The sign-in is not complete: the two-factor password is still needed.',
  },
  USER_DEACTIVATED: BANNED,
  USER_DEACTIVATED_BAN: BANNED,
  FROZEN_METHOD_INVALID: FROZEN,
  FROZEN_PARTICIPANT_MISSING: FROZEN,
  PEER_FLOOD: { failure: () => ({ outcome: 'account', state: 'peer_limited' }), code: 'PEER_FLOOD' },

  // Signing in
  API_ID_INVALID,
  API_ID_PUBLISHED_FLOOD: {
    ...API_ID_INVALID,
    message: "Telegram refuses this server's API id, since too many use it: it has been published.",
  },
  CONNECTION_API_ID_INVALID: API_ID_INVALID,
  UPDATE_APP_TO_LOGIN: APP_REFUSED,
  UPDATE_APP_REQUIRED: APP_REFUSED,
  APP_OUTDATED: APP_REFUSED,
  APP_VERSION_OUTDATED: APP_REFUSED,
  ACCESS_TOKEN_INVALID: BAD_BOT_TOKEN,
  ACCESS_TOKEN_EXPIRED: BAD_BOT_TOKEN,
  AUTH_RESTART: NOTHING_DONE,
  AUTH_RESTART_X: NOTHING_DONE,
  PHONE_NUMBER_INVALID: { failure: fail, code: 'PHONE_NUMBER_INVALID' },
  PHONE_NUMBER_BANNED: { failure: fail, code: 'PHONE_NUMBER_BANNED' },
  PHONE_NUMBER_UNOCCUPIED: { failure: fail, code: 'PHONE_NUMBER_UNOCCUPIED' },
  PHONE_NUMBER_APP_SIGNUP_FORBIDDEN: { failure: fail, code: 'PHONE_NUMBER_UNOCCUPIED' },
  PHONE_NUMBER_FLOOD: TOO_MANY_LOGINS,
  PHONE_PASSWORD_FLOOD: TOO_MANY_LOGINS,
  PHONE_CODE_EMPTY: PHONE_CODE_INVALID,
  PHONE_CODE_INVALID,
  CODE_EMPTY: PHONE_CODE_INVALID,
  CODE_INVALID: PHONE_CODE_INVALID,
  EMAIL_CODE_INVALID: PHONE_CODE_INVALID,
  PHONE_CODE_EXPIRED,
  PHONE_CODE_HASH_EMPTY: PHONE_CODE_EXPIRED,
  PHONE_HASH_EXPIRED: PHONE_CODE_EXPIRED,
  CODE_HASH_INVALID: PHONE_CODE_EXPIRED,
  EMAIL_HASH_EXPIRED: PHONE_CODE_EXPIRED,
  EMAIL_VERIFY_EXPIRED: PHONE_CODE_EXPIRED,
  EMAIL_INVALID: NEEDS_EMAIL,
  EMAIL_NOT_ALLOWED: NEEDS_EMAIL,
  EMAIL_NOT_SETUP: NEEDS_EMAIL,
  EMAIL_UNCONFIRMED: NEEDS_EMAIL,
  EMAIL_UNCONFIRMED_X: NEEDS_EMAIL,
  EMAIL_INSTALL_MISSING: NEEDS_EMAIL,
  SMS_CODE_CREATE_FAILED: { ...NOTHING_DONE, message: 'Telegram could not make a code just now.' },
  SIGN_IN_FAILED: { ...NOTHING_DONE, message: 'Telegram could not sign the account in just now.' },
  SEND_CODE_UNAVAILABLE: { failure: fail, code: 'SEND_CODE_UNAVAILABLE' },
  PASSWORD_HASH_INVALID: { failure: fail, code: 'PASSWORD_INVALID' },
  SRP_PASSWORD_CHANGED: {
    failure: fail,
    code: 'PASSWORD_INVALID',
    message: 'The two-factor password was changed a moment ago: send the new one.',
  },
  SRP_ID_INVALID: NOTHING_DONE,
  PHONE_MIGRATE_X: OTHER_DATA_CENTRE,
  NETWORK_MIGRATE_X: OTHER_DATA_CENTRE,
  USER_MIGRATE_X: OTHER_DATA_CENTRE,
  FILE_MIGRATE_X: OTHER_DATA_CENTRE,
  STATS_MIGRATE_X: OTHER_DATA_CENTRE,

  // The recipient
  USER_PRIVACY_RESTRICTED: RECIPIENT_REFUSED,
  PRIVACY_PREMIUM_REQUIRED: RECIPIENT_REFUSED,
  USER_IS_BLOCKED: RECIPIENT_REFUSED,
  YOU_BLOCKED_USER: RECIPIENT_REFUSED,
  INPUT_USER_DEACTIVATED: RECIPIENT_REFUSED,
  USER_IS_BOT: RECIPIENT_REFUSED,
  CHAT_WRITE_FORBIDDEN: RECIPIENT_REFUSED,
  CHAT_GUEST_SEND_FORBIDDEN: RECIPIENT_REFUSED,
  CHAT_SEND_PLAIN_FORBIDDEN: RECIPIENT_REFUSED,
  PREMIUM_ACCOUNT_REQUIRED: RECIPIENT_REFUSED,
  VOICE_MESSAGES_FORBIDDEN: RECIPIENT_REFUSED,
  CHAT_RESTRICTED: RECIPIENT_REFUSED,
  CHAT_ADMIN_REQUIRED: RECIPIENT_REFUSED,
  CHAT_FORBIDDEN: RECIPIENT_REFUSED,
  MESSAGE_DELETE_FORBIDDEN: RECIPIENT_REFUSED,
  PIN_RESTRICTED: RECIPIENT_REFUSED,
  CHAT_FORWARDS_RESTRICTED: RECIPIENT_REFUSED,
  USER_BANNED_IN_CHANNEL: RECIPIENT_REFUSED,
  USER_NOT_PARTICIPANT: RECIPIENT_REFUSED,
  CHANNEL_PRIVATE: RECIPIENT_REFUSED,
  TOPIC_CLOSED: RECIPIENT_REFUSED,
  TOPIC_DELETED: RECIPIENT_REFUSED,
  ALLOW_PAYMENT_REQUIRED: RECIPIENT_REFUSED,
  ALLOW_PAYMENT_REQUIRED_X: RECIPIENT_REFUSED,
  CHANNEL_PUBLIC_GROUP_NA: RECIPIENT_REFUSED,
  CHANNELS_TOO_MUCH: RECIPIENT_REFUSED,
  USERS_TOO_MUCH: RECIPIENT_REFUSED,
  USER_CHANNELS_TOO_MUCH: RECIPIENT_REFUSED,
  USER_CREATOR: RECIPIENT_REFUSED,
  INVITE_HASH_EMPTY: INVITE_INVALID,
  INVITE_HASH_INVALID: INVITE_INVALID,
  INVITE_HASH_EXPIRED: INVITE_INVALID,
  PEER_ID_INVALID: RECIPIENT_UNREACHABLE,
  PEER_ID_NOT_SUPPORTED: RECIPIENT_UNREACHABLE,
  USER_ID_INVALID: RECIPIENT_UNREACHABLE,
  CHAT_ID_INVALID: RECIPIENT_UNREACHABLE,
  CHANNEL_INVALID: RECIPIENT_UNREACHABLE,
  USERNAME_INVALID: RECIPIENT_NOT_FOUND,
  USERNAME_NOT_OCCUPIED: RECIPIENT_NOT_FOUND,
  PHONE_NOT_OCCUPIED: RECIPIENT_NOT_FOUND,

  // The message
  MESSAGE_EMPTY: MESSAGE_INVALID,
  MESSAGE_TOO_LONG: MESSAGE_INVALID,
  MEDIA_CAPTION_TOO_LONG: MESSAGE_INVALID,
  ENTITY_BOUNDS_INVALID: MESSAGE_INVALID,
  ENTITIES_TOO_LONG: MESSAGE_INVALID,
  MSG_ID_INVALID: MESSAGE_INVALID,
  MESSAGE_ID_INVALID: MESSAGE_INVALID,
  MESSAGE_AUTHOR_REQUIRED: { failure: fail, code: 'NOT_AUTHOR' },
  BOT_RESPONSE_TIMEOUT: { failure: fail, code: 'BOT_NO_ANSWER' },
  MESSAGE_EDIT_TIME_EXPIRED: { failure: fail, code: 'EDIT_TOO_LATE' },
  MULTI_MEDIA_TOO_LONG: MEDIA_REFUSED,
  REACTION_INVALID: REACTION_REFUSED,
  REACTIONS_TOO_MANY: REACTION_REFUSED,
  ANONYMOUS_REACTIONS_DISABLED: REACTION_REFUSED,
  REPLY_MESSAGE_ID_INVALID: MESSAGE_INVALID,
  REPLY_TO_INVALID: MESSAGE_INVALID,
  QUOTE_TEXT_INVALID: MESSAGE_INVALID,
  // A poll whose voters are shown, in a channel.
  BROADCAST_PUBLIC_VOTERS_FORBIDDEN: MEDIA_REFUSED,

  // Trouble at Telegram, which says that it did nothing
  WORKER_BUSY_TOO_LONG_RETRY: NOTHING_DONE,
  MSG_WAIT_FAILED: NOTHING_DONE,
  // The next connection sends `initConnection` again.
  CONNECTION_NOT_INITED: NOTHING_DONE,
  CONNECTION_LAYER_INVALID: NOTHING_DONE,
  // send-message.ts turns this into a success if it finds the message. Otherwise the message was still sent.
  RANDOM_ID_DUPLICATE: {
    failure: () => ({ outcome: 'unknown' }),
    code: 'TELEGRAM_TIMEOUT',
    message: 'Telegram has taken this message already, but its id was not found in the chat.',
  },
};

/** Telegram's names for files, places, contacts and polls that it does not take. */
const REFUSED_KINDS = [
  'PHOTO VIDEO AUDIO VOICE STICKER STICKERS GIF IMAGE MEDIA FILE DOCUMENT THUMB WEBDOCUMENT',
  'POLL QUIZ GEO_POINT CONTACT_NAME',
];
const FILE_REFUSED = new RegExp(`^(?:${REFUSED_KINDS.join(' ').replaceAll(' ', '|')})_|^EXTENSION_INVALID$`);
/** This recipient takes no such files. */
const SENDING_FORBIDDEN = /^CHAT_SEND_\w+_FORBIDDEN$/;

/** Telegram demands a proof that only official apps can give. The rest of the name is a parameter. */
const CHECK_OF_OFFICIAL_APPS = /^(?:RECAPTCHA_CHECK|APNS_VERIFY_CHECK|INTEGRITY_CHECK_CLASSIC)_/;

/**
 * The rule for a refusal, by name, then by code, and the number in its name (at least 1). `undefined`: the server
 * failed, and the call may or may not have taken effect.
 */
export function ruleFor(rpcName: string, code: number): { rule: Rule; seconds: number } | undefined {
  const { name, seconds } = splitNumber(rpcName);
  const known = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (known !== undefined) return { rule: known, seconds };
  if (SENDING_FORBIDDEN.test(name)) return { rule: RECIPIENT_REFUSED, seconds };
  if (Math.abs(code) < 500 && FILE_REFUSED.test(name)) return { rule: MEDIA_REFUSED, seconds };
  if (CHECK_OF_OFFICIAL_APPS.test(rpcName)) return { rule: APP_REFUSED, seconds: 1 };
  if (name.endsWith('WAIT_X')) return { rule: FLOOD_WAIT, seconds };
  // Telegram also sends -503 `Timeout` and -500, besides 500 and 503.
  return Math.abs(code) >= 500 ? undefined : { rule: NO_RULE, seconds };
}

/** `FLOOD_WAIT_30` → `FLOOD_WAIT_X` and 30. */
function splitNumber(rpcName: string): { name: string; seconds: number } {
  const match = /^(.+_)(\d+)$/.exec(rpcName);
  if (match === null) return { name: rpcName, seconds: 1 };
  return { name: `${match[1]}X`, seconds: Math.max(1, Number(match[2])) };
}

import * as z from 'zod';
import { ERROR_CODES, isErrorCode } from './errors/error-codes.ts';
import { holdReasonSchema } from './errors/hold-reason.ts';
import { paceChoiceSchema } from './pace.ts';
import { pendingSignInSchema } from './pending-sign-in.ts';

/** A signed-in Telegram user, as the API shows it. */
export const userInfoSchema = z
  .object({
    id: z.number().int(),
    first_name: z.string(),
    last_name: z.string().nullable(),
    username: z.string().nullable(),
    phone_number: z.string().nullable(),
  })
  .meta({ id: 'User' });
export type UserInfo = z.infer<typeof userInfoSchema>;

export const accountStateSchema = z
  .enum([
    'none',
    'code_sent',
    'password_required',
    'qr_pending',
    'ready',
    'flood_wait',
    'peer_limited',
    'frozen',
    'revoked',
    'banned',
    'duplicated',
    'unreadable',
    'proxy_unreachable',
  ])
  .meta({ id: 'AccountState' });
export type AccountState = z.infer<typeof accountStateSchema>;

/** States in which the account has a session that can send, now or after a wait or a person's action. */
const SIGNED_IN_STATES: ReadonlySet<AccountState> = new Set([
  'ready',
  'flood_wait',
  'peer_limited',
  'frozen',
  'proxy_unreachable',
]);

export function isSignedIn(state: AccountState): boolean {
  return SIGNED_IN_STATES.has(state);
}

/** `reason` of a healthy account that a person has paused. */
export const PAUSED = 'PAUSED';

/**
 * `reason` of an account whose session was exported for use elsewhere. It sends nothing here until a person resumes it.
 */
export const EXPORTED = 'EXPORTED';

/**
 * `reason` of an account whose stored session cannot be read. Its sends are held until the session is readable or a new
 * sign-in.
 */
export const SESSION_UNREADABLE = 'SESSION_UNREADABLE';

/** `reason` of a healthy account whose stored peers could not be read. The worker looks them up again. */
export const PEERS_UNREADABLE = 'PEERS_UNREADABLE';

/**
 * Whether the account's sends are held until a person acts: after PEER_FLOOD, a freeze, a pause, an export, or a lost
 * session file.
 */
export function isStopped({ state, reason }: { state: AccountState; reason: string | null }): boolean {
  const isWell = state === 'ready' || state === 'flood_wait';
  return (
    state === 'peer_limited' ||
    state === 'frozen' ||
    state === 'unreadable' ||
    // During a new sign-in `state` is that of the sign-in. Then only `reason` shows that the session is unreadable.
    reason === SESSION_UNREADABLE ||
    (isWell && (reason === PAUSED || reason === EXPORTED))
  );
}

/** States that end only with a new sign-in. */
const ENDED_STATES: ReadonlySet<AccountState> = new Set(['revoked', 'banned', 'duplicated']);

/** Whether the account sends nothing until a person acts: resumes it, signs in again, or changes a setting. */
export function needsAttention({
  state,
  reason,
  hold,
}: {
  state: AccountState;
  reason: string | null;
  hold: Hold | null;
}): boolean {
  const codes = [reason, hold?.reason ?? null];
  return (
    ENDED_STATES.has(state) ||
    isStopped({ state, reason }) ||
    codes.some((code) => code !== null && isErrorCode(code) && ERROR_CODES[code].kind === 'user_action')
  );
}

/** Why an account's sends are held now, and until when (ms since the epoch). */
export const holdSchema = z.object({
  reason: holdReasonSchema,
  until: z.number().int(),
  /** The reason in words, if there is more to say. */
  message: z.string().optional(),
});
export type Hold = z.infer<typeof holdSchema>;

/** The account is stopped until a person acts. `reason` may be any Telegram error name, such as `PEER_FLOOD`. */
interface StopNotice {
  reason: string;
  until: null;
}

export type HoldNotice = Hold | StopNotice;

/**
 * What an account's owner (a worker) publishes about it for the API. If Redis loses this view, it is rebuilt from the
 * session store.
 */
export const accountViewSchema = z.object({
  state: accountStateSchema,
  user: userInfoSchema.nullable(),
  reason: z.string().nullable(),
  next_action: z.string().nullable(),
  /** The account's own pace; if absent, the server's applies. */
  pace: paceChoiceSchema.optional(),
  /** The account only answers. `receiving`: whether it receives, without which nobody is known to have written. */
  replies_only: z.object({ within_hours: z.int(), receiving: z.boolean() }).optional(),
  /** The account's own proxy, without its password. */
  proxy: z.string().optional(),
  /** The sign-in that has begun and not ended. */
  sign_in: pendingSignInSchema.optional(),
  hold: holdSchema.nullable(),
});
export type AccountView = z.infer<typeof accountViewSchema>;

export const UNKNOWN_ACCOUNT: AccountView = {
  state: 'none',
  user: null,
  reason: null,
  next_action: null,
  hold: null,
};

import * as z from 'zod';
import { holdReasonSchema } from './hold-reason.ts';
import { paceChoiceSchema } from './pace.ts';

/** A signed-in Telegram user, as the API shows it. */
export const userInfoSchema = z.object({
  id: z.number().int(),
  first_name: z.string(),
  last_name: z.string().nullable(),
  username: z.string().nullable(),
  phone_number: z.string().nullable(),
});
export type UserInfo = z.infer<typeof userInfoSchema>;

export const accountStateSchema = z.enum([
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
]);
export type AccountState = z.infer<typeof accountStateSchema>;

/** States in which the account has a session that may send (now or once a wait or a person's look is over). */
const SIGNED_IN_STATES: ReadonlySet<AccountState> = new Set([
  'ready',
  'flood_wait',
  'peer_limited',
  'frozen',
]);

export function isSignedIn(state: AccountState): boolean {
  return SIGNED_IN_STATES.has(state);
}

/** The reason that an account which is well shows while a person has paused it. */
export const PAUSED = 'PAUSED';

/** The reason that an account shows whose session was handed out, so that it is used elsewhere: here it is not, until a person says so. */
export const EXPORTED = 'EXPORTED';

/** The reason that an account shows whose stored session cannot be read. Its sends are kept until it can, or until a new sign-in. */
export const SESSION_UNREADABLE = 'SESSION_UNREADABLE';

/** The reason of an account that is well except that its known peers could not be read: they are looked up again. */
export const PEERS_UNREADABLE = 'PEERS_UNREADABLE';

/** Whether the account's sends are kept until a person acts: after PEER_FLOOD, a freeze, a pause, an export, or a lost session file. */
export function isStopped({ state, reason }: { state: AccountState; reason: string | null }): boolean {
  const isWell = state === 'ready' || state === 'flood_wait';
  return (
    state === 'peer_limited' ||
    state === 'frozen' ||
    state === 'unreadable' ||
    // During a new sign-in the state is that of the sign-in.
    reason === SESSION_UNREADABLE ||
    (isWell && (reason === PAUSED || reason === EXPORTED))
  );
}

/** Why an account's sends are held just now, and until when (ms since the epoch). */
export const holdSchema = z.object({
  reason: holdReasonSchema,
  until: z.number().int(),
  /** The reason in words, where there is more to say. */
  message: z.string().optional(),
});
export type Hold = z.infer<typeof holdSchema>;

/** The account is stopped until a person acts: its `reason` may be any name of Telegram's, such as `PEER_FLOOD`. */
interface StopNotice {
  reason: string;
  until: null;
}

export type HoldNotice = Hold | StopNotice;

/**
 * What the worker that owns an account publishes of it for the API: a view, made anew from the session store when Redis is lost.
 */
export const accountViewSchema = z.object({
  state: accountStateSchema,
  user: userInfoSchema.nullable(),
  reason: z.string().nullable(),
  next_action: z.string().nullable(),
  /** The account's own pace; absent: the server's. */
  pace: paceChoiceSchema.optional(),
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

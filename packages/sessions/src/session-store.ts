import {
  accountViewSchema,
  codeSentSchema,
  deviceSchema,
  peerSchema,
  repliesOnlySchema,
} from '@gateway/contracts';
import { SealingError } from '@gateway/runtime';
import * as z from 'zod';
import { storedReceivingSchema } from './stored-receiving.ts';

/** The part of an account's view that is not secret and survives a restart, and how the account receives. */
export const accountStatusSchema = accountViewSchema.omit({ hold: true, sign_in: true }).extend({
  replies_only: repliesOnlySchema.optional(),
  /** Absent: it never received. */
  receiving: storedReceivingSchema.optional(),
  /** The address of its own proxy, sealed. */
  sealed_proxy: z.string().optional(),
  /** How it introduces itself, as far as it differs from the server's setting. */
  device: deviceSchema.optional(),
});
export type AccountStatus = z.infer<typeof accountStatusSchema>;

/** The part of a status that says how the account connects. */
export const storedNetworkSchema = accountStatusSchema.pick({
  proxy: true,
  sealed_proxy: true,
  device: true,
});
export type StoredNetwork = z.infer<typeof storedNetworkSchema>;

const codeLoginSchema = z.object({
  /** Logins that were stored before there were other kinds have no `kind`. */
  kind: z.literal('code').default('code'),
  /** The unfinished session. The code is valid for its auth key only. */
  session: z.string().min(1),
  phoneNumber: z.string(),
  /** How the code was delivered, with the `phone_code_hash`. */
  sent: codeSentSchema,
  /** When the code was sent, ms since the epoch. */
  sentAt: z.number().int(),
  /** The input that the next verify request must contain. */
  awaiting: z.enum(['code', 'password']),
  /** The hint of the two-factor password, once it is required. */
  hint: z.string().nullable(),
});

const qrLoginSchema = z.object({
  kind: z.literal('qr'),
  /** The unfinished session. The QR tokens and the result of a scan are valid for its auth key only. */
  session: z.string().min(1),
  /** A scan, or the input that the next verify request must contain. */
  awaiting: z.enum(['scan', 'password']),
  /** The hint of the two-factor password, once it is required. */
  hint: z.string().nullable(),
});

/** A login: a sign-in in progress, with everything that the next step needs, even after a restart. */
export const storedLoginSchema = z.union([codeLoginSchema, qrLoginSchema]);
export type CodeLogin = z.infer<typeof codeLoginSchema>;
export type StoredLogin = z.infer<typeof storedLoginSchema>;

/** A stored account. Changing the object does not change the store. */
export interface StoredAccount {
  readonly userId: string;
  /**
   * During a login, its state is `code_sent`, `qr_pending` or `password_required`, whatever the state of an earlier
   * session.
   */
  readonly status: Readonly<AccountStatus>;
  /**
   * The session of the signed-in account, as opaque text. Kept in every state (`revoked`, `banned`) until {@link
   * SessionStore.delete}.
   */
  readonly session: string | null;
  readonly login: Readonly<StoredLogin> | null;
  /** Why the session or the login cannot be read. That part is `null`; the stored data stays unchanged. */
  readonly unreadable?: SessionStoreError;
}

/** The stored peers of one account. */
export const storedPeersSchema = z.object({
  peers: z.array(peerSchema).readonly(),
  /** Failed look-ups: key → until when the peer counts as missing, ms since the epoch. */
  missing: z.array(z.tuple([z.string(), z.number()])).readonly(),
});
export type StoredPeers = Readonly<z.infer<typeof storedPeersSchema>>;

/** A worker's right to write an account that it owns. Lost with the ownership. */
export interface WriteRight {
  /** Identifies the ownership in Redis. The account's writes are refused once its fence has another value. */
  readonly fence: string;
  /** False as soon as the ownership is lost, or may be lost, by the worker's own clock. */
  valid(): boolean;
}

/**
 * Sessions, logins and peers of all accounts, sealed. The only data that survives the loss of Redis.
 *
 * Each call resolves when its change is durable; a crash before that leaves the old or the new state, never a mixture.
 * Calls for one account take effect in the order they were made. Processes may share a store, but only the worker that
 * owns an account writes it. Every method throws {@link SessionStoreError}: for an invalid `userId`, unreadable data, a
 * full disk.
 */
export interface SessionStore {
  /**
   * The same store for the owner of some accounts. Once the right is lost, its writes throw `fenced` and change
   * nothing. Its `close` does nothing.
   */
  ownedBy(right: WriteRight): SessionStore;
  /** The ids of all accounts with a session or a login, sorted. */
  list(): Promise<string[]>;
  /**
   * `null`: no such account. A session without a status counts as `ready` with an unknown user. An account that cannot
   * be read is returned too, see `unreadable`.
   */
  load(userId: string): Promise<StoredAccount | null>;
  /**
   * Starts a login or saves its next step. `login.awaiting` sets the state. An earlier session stays.
   * @param network how the account connects from now on; absent: as before. {@link dropLogin} takes it back.
   */
  saveLogin(userId: string, login: StoredLogin, network?: StoredNetwork): Promise<void>;
  /** Ends a login without success. The account is as it was before, or gone if it had no session. */
  dropLogin(userId: string): Promise<void>;
  /**
   * Completes a sign-in: saves the session, sets `ready`, ends the login. If the account was signed in already (only
   * its session changed), its status stays. `user` `null`: unchanged. If `user` is a different Telegram user, the peers
   * are deleted, since access hashes are valid for one user only, and the account receives no more. An unreadable
   * session is kept under another name.
   * @param network how the account connects from now on; absent: as before.
   */
  saveSession(
    userId: string,
    session: string,
    user: AccountStatus['user'],
    network?: StoredNetwork,
  ): Promise<void>;
  /**
   * Saves the status of the session. A login in progress goes on and its state is still shown. Does nothing if the
   * store has no such account: the status came after its deletion.
   */
  saveStatus(userId: string, status: AccountStatus): Promise<void>;
  /** Deletes session, status, login and peers. The only call that deletes a session, even an unreadable one. */
  delete(userId: string): Promise<void>;
  /** The account's saved peers; empty if there are none. */
  loadPeers(userId: string): Promise<StoredPeers>;
  /**
   * Does nothing for an account without a session: the save came after its deletion.
   * @param keepFormer keeps the former peers under another name, because they cannot be read.
   */
  savePeers(userId: string, peers: StoredPeers, options?: { keepFormer?: boolean }): Promise<void>;
  /**
   * Resolves if the account can be written and deleted now. Call it before a Telegram request whose result must be
   * saved.
   * @throws {SessionStoreError} `storage`; `unreadable` if the change would overwrite unreadable data.
   */
  checkWritable(userId: string): Promise<void>;
  /** Waits for writes in progress. Every later call throws. */
  close(): Promise<void>;
}

export type SessionStoreFailure =
  | 'invalid_user_id'
  | 'unreadable'
  | 'storage'
  | 'io'
  | 'busy'
  | 'fenced'
  | 'closed';

/**
 * The only error of a {@link SessionStore}. Its message is for an operator: it names the account and the place, and
 * contains no secret.
 * - `invalid_user_id`: not a valid user id.
 * - `unreadable`: the stored data cannot be read (wrong key, broken). It stays unchanged: repair it, or delete the
 * account.
 * - `storage`: the disk or Redis refuses writes (full, read-only, no permission). The change was not made.
 * - `io`: the disk or the server failed. It is unknown whether the change was made, so make it again.
 * - `busy`: another process held the store for too long. Make the change again.
 * - `fenced`: another worker owns the account now. Nothing was changed. In files, a change that writes several files
 * may have deleted the peers; a delete during a login may have left the login.
 * - `closed`: called after `close`.
 */
export class SessionStoreError extends Error {
  override readonly name = 'SessionStoreError';
  readonly failure: SessionStoreFailure;
  readonly userId: string | null;

  constructor(failure: SessionStoreFailure, userId: string | null, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.userId = userId;
  }

  /** Whether this process has the key of the unreadable data, if that can be determined. */
  get sealedBy(): 'own_key' | 'other_key' | 'unknown' {
    if (!(this.cause instanceof SealingError) || this.cause.failure === 'malformed') return 'unknown';
    return this.cause.failure === 'unknown_key' ? 'other_key' : 'own_key';
  }
}

/** The value, or the error if it cannot be read. Throws any other error. */
export async function orUnreadable<T>(read: Promise<T>): Promise<T | SessionStoreError> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof SessionStoreError && error.failure === 'unreadable') return error;
    throw error;
  }
}

export function fenced(userId: string): SessionStoreError {
  return new SessionStoreError(
    'fenced',
    userId,
    `this worker no longer owns the account ${userId}; the change was refused`,
  );
}

/**
 * Re-checks the write right; call it immediately before committing. `null` if this store does not fence. @throws
 * {SessionStoreError} `fenced`.
 */
export function checkRight(right: WriteRight | null, userId: string): void {
  if (right !== null && !right.valid()) throw fenced(userId);
}

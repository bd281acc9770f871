import { accountViewSchema, codeSentSchema, peerSchema } from '@gateway/contracts';
import { SealingError } from '@gateway/runtime';
import * as z from 'zod';

/** What is known of an account beside its secrets; the durable part of an account's view. */
export const accountStatusSchema = accountViewSchema.omit({ hold: true });
export type AccountStatus = z.infer<typeof accountStatusSchema>;

const codeLoginSchema = z.object({
  /** Logins stored before there were others say nothing of their kind. */
  kind: z.literal('code').default('code'),
  /** The half-made session: the code belongs to its auth key and to no other. */
  session: z.string().min(1),
  phoneNumber: z.string(),
  /** How the code travels, with the `phone_code_hash`. */
  sent: codeSentSchema,
  /** When the code was sent, ms since the epoch. */
  sentAt: z.number().int(),
  /** What the next verify has to bring. */
  awaiting: z.enum(['code', 'password']),
  /** The hint of the two-factor password, once it is awaited. */
  hint: z.string().nullable(),
});

const qrLoginSchema = z.object({
  kind: z.literal('qr'),
  /** The half-made session: the tokens that are shown belong to its auth key, and so does what comes of a scan. */
  session: z.string().min(1),
  /** A scan, or what the next verify has to bring. */
  awaiting: z.enum(['scan', 'password']),
  /** The hint of the two-factor password, once it is awaited. */
  hint: z.string().nullable(),
});

/** A sign-in under way: all that the next step needs, after a restart of everything too. */
export const storedLoginSchema = z.union([codeLoginSchema, qrLoginSchema]);
export type CodeLogin = z.infer<typeof codeLoginSchema>;
export type StoredLogin = z.infer<typeof storedLoginSchema>;

/** An account as the store has it. A value: changing it changes nothing. */
export interface StoredAccount {
  readonly userId: string;
  /** While a login is under way its state is `code_sent`, `qr_pending` or `password_required`, whatever the state of an earlier session was. */
  readonly status: Readonly<AccountStatus>;
  /** Of the signed-in account, as opaque text. Kept in every state (`revoked`, `banned`) until {@link SessionStore.delete}. */
  readonly session: string | null;
  readonly login: Readonly<StoredLogin> | null;
  /** Why the session, or else the login, cannot be read; it is `null` then. The data at rest stays as it is. */
  readonly unreadable?: SessionStoreError;
}

/** The peers of one account, as they are kept. */
export const storedPeersSchema = z.object({
  peers: z.array(peerSchema).readonly(),
  /** What was looked up in vain: key → until when that is believed, ms since the epoch. */
  missing: z.array(z.tuple([z.string(), z.number()])).readonly(),
});
export type StoredPeers = Readonly<z.infer<typeof storedPeersSchema>>;

/** A worker's right to write the accounts that it owns; lost with the ownership. */
export interface WriteRight {
  /** Names the ownership in Redis: an account's writes are refused once its fence is another. */
  readonly fence: string;
  /** False as soon as the ownership is, or may be, lost by the worker's own clock. */
  valid(): boolean;
}

/**
 * Sessions, sign-ins and peers of all accounts, sealed at rest. The one place that survives the loss of Redis.
 *
 * Each call resolves when its change is durable; a crash before that leaves the old or the new state, never a mixture. Calls for one
 * account take effect in the order in which they were made. Several processes may share a store, but only the worker that owns an
 * account writes it. Every method throws {@link SessionStoreError}: a bad `userId`, something that cannot be opened, a full disk.
 */
export interface SessionStore {
  /**
   * The same store for the owner of some accounts: its writes throw `fenced` and change nothing once the right is lost. Closing it
   * closes nothing.
   */
  ownedBy(right: WriteRight): SessionStore;
  /** The ids of all accounts that have a session or a login under way, sorted. */
  list(): Promise<string[]>;
  /**
   * `null`: no such account. A session of which nothing else is known counts as `ready` with an unknown user. An account that cannot be
   * read is one too: see `unreadable`.
   */
  load(userId: string): Promise<StoredAccount | null>;
  /** Begins a login or takes it one step further; the state follows from `login.awaiting`. An earlier session stays. */
  saveLogin(userId: string, login: StoredLogin): Promise<void>;
  /** The login has come to nothing: the account is again what it was before, or gone. */
  dropLogin(userId: string): Promise<void>;
  /**
   * The account is signed in: keeps the session, sets `ready`, ends the login. Of an account that was signed in already (its session
   * changed) the status stays. `user` `null`: as known before. The kept peers are forgotten if `user` is another Telegram user than
   * before, since access hashes are of no use to another. A session that cannot be read is kept under another name.
   */
  saveSession(userId: string, session: string, user: AccountStatus['user']): Promise<void>;
  /**
   * The status of the session. A login under way goes on, and its state stays in front. Does nothing for an account that the store
   * does not have: what is said of it comes after its end.
   */
  saveStatus(userId: string, status: AccountStatus): Promise<void>;
  /** Forgets the account: session, status, login and peers. The only call that deletes a session; also one that cannot be opened. */
  delete(userId: string): Promise<void>;
  /** The peers kept for the account, none if there are none. */
  loadPeers(userId: string): Promise<StoredPeers>;
  /**
   * Does nothing for an account without a session: a save that comes after its end.
   * @param keepFormer keeps the former peers under another name, because they cannot be read.
   */
  savePeers(userId: string, peers: StoredPeers, options?: { keepFormer?: boolean }): Promise<void>;
  /**
   * Resolves if the account can be written and deleted now. Call before a step at Telegram that only counts once it is saved.
   * @throws {SessionStoreError} `storage`; `unreadable` where the change would have to overwrite what cannot be read.
   */
  checkWritable(userId: string): Promise<void>;
  /** Waits for what is being written. Every later call throws. */
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
 * The only error of a {@link SessionStore}; its message is for an operator, names the account and the place, and holds no secret.
 * - `invalid_user_id`: the caller let through what names no account.
 * - `unreadable`: the data at rest cannot be read (wrong key, broken). It stays as it is: repair it, or delete the account.
 * - `storage`: the disk or Redis accepts no writes (full, read-only, no permission); the change was not made.
 * - `io`: the disk or the server failed; whether the change is kept is not known, so make it again.
 * - `busy`: another process holds the store for too long; likewise.
 * - `fenced`: the account is another worker's by now; nothing was changed. (In files, where a change is more than one file, kept peers
 *   may be gone, and a delete of an account with a login under way may have left the login.)
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

  /** Whether this process has the key that the unreadable data was sealed with, as far as that shows. */
  get sealedBy(): 'own_key' | 'other_key' | 'unknown' {
    if (!(this.cause instanceof SealingError) || this.cause.failure === 'malformed') return 'unknown';
    return this.cause.failure === 'unknown_key' ? 'other_key' : 'own_key';
  }
}

/** The value, or the error where it cannot be read. Any other error is thrown. */
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
    `the account ${userId} is not this worker's any more; the change was refused`,
  );
}

/** To be called last thing before a change is made. `null`: whoever writes needs no right. @throws {SessionStoreError} `fenced`. */
export function checkRight(right: WriteRight | null, userId: string): void {
  if (right !== null && !right.valid()) throw fenced(userId);
}

import { ERROR_CODES, GatewayError, PEERS_UNREADABLE, SESSION_UNREADABLE } from '@gateway/contracts';
import { accountMoved } from '@gateway/queue';
import { redisRefusal } from '@gateway/runtime';
import {
  MemoryPeerBook,
  SessionStoreError,
  type AccountStatus,
  type SessionStore,
  type StoredAccount,
} from '@gateway/sessions';

const NO_STATUS: AccountStatus = { state: 'none', user: null, reason: null, next_action: null };

/** Loads the stored account. One that cannot be read at all has only the reason. */
export async function readStored(store: SessionStore, userId: string): Promise<StoredAccount | null> {
  try {
    return await store.load(userId);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { userId, status: NO_STATUS, session: null, login: null, unreadable: error };
  }
}

/** Loads the known peers of an account. `error`: they could not be read, and the book is empty. */
export async function readPeers(
  store: SessionStore,
  userId: string,
): Promise<{ book: MemoryPeerBook; error: SessionStoreError | null }> {
  try {
    return { book: new MemoryPeerBook(await store.loadPeers(userId)), error: null };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { book: new MemoryPeerBook(), error };
  }
}

/** Why the account's session cannot be read; `null` if it can be read, or if there never was one. */
export function whyUnreadable(stored: StoredAccount | null): SessionStoreError | null {
  return stored?.session === null ? (stored.unreadable ?? null) : null;
}

/**
 * The status that callers see. It includes unreadable data and a data centre that the settings do not reach. Never
 * written to the store: the trouble ends with its cause.
 */
export function statusWithTrouble(
  stored: StoredAccount | null,
  peersError: SessionStoreError | null,
  unreachable: GatewayError | null,
): AccountStatus {
  const status = stored?.status ?? NO_STATUS;
  const unreadable = whyUnreadable(stored);
  if (unreadable !== null) {
    const trouble = { reason: SESSION_UNREADABLE, next_action: actionFor(unreadable) };
    if ((stored?.login ?? null) !== null) return { ...status, ...trouble, next_action: FINISH };
    return { ...status, ...trouble, state: 'unreadable' };
  }
  if (unreachable !== null && status.state === 'ready' && status.reason === null)
    return { ...status, reason: unreachable.code, next_action: `Operator: ${unreachable.message}` };
  if (peersError !== null && status.state === 'ready' && status.reason === null)
    return { ...status, reason: PEERS_UNREADABLE, next_action: LOOK_UP_AGAIN };
  return status;
}

const FINISH =
  'Finish the sign-in: the stored session cannot be read, and queued messages wait for a new one.';

const LOOK_UP_AGAIN =
  'Nothing has to be done: the known peers could not be read and are looked up again. An id that is not found needs a username or phone once.';

function actionFor(error: SessionStoreError): string {
  const repair =
    error.sealedBy === 'other_key'
      ? 'set SESSION_ENCRYPTION_KEY_PREVIOUS to the key that its session was sealed with, and restart the worker'
      : "restore the file that the worker's log names from a backup, then resume it";
  return `Operator: ${repair}. Or sign in again. Queued messages wait until then.`;
}

/** Translates an error of the store into the public error; `null` if callers get only an internal error. */
export function toGatewayError(error: unknown): GatewayError | null {
  if (!(error instanceof SessionStoreError)) return null;
  if (error.failure === 'fenced') return accountMoved();
  if (error.failure === 'unreadable')
    return new GatewayError('SESSION_UNREADABLE', undefined, { cause: error });
  return notSaved(error, error.failure === 'storage' ? 'Nothing was changed.' : '');
}

/**
 * Awaits saving a step that Telegram has already completed.
 * @throws {GatewayError} `STORAGE_FULL` or `STORAGE_UNAVAILABLE`, whose message ends with `outcome`: the state the step
 * is in.
 */
export async function savingStep(saving: Promise<void>, outcome: string): Promise<void> {
  try {
    await saving;
  } catch (error) {
    throw notSaved(error, outcome) ?? error;
  }
}

/** Translates an error of the session store for the caller. @returns `null` if it is another error. */
function notSaved(error: unknown, outcome: string): GatewayError | null {
  if (!(error instanceof SessionStoreError)) return null;
  const { failure, cause } = error;
  if (failure === 'storage')
    return new GatewayError('STORAGE_FULL', `${whyNotWritable(cause)} ${outcome}`, { cause: error });
  // `busy`: another process has the lock. `io`: too many files are open, or Redis does not answer.
  if (failure !== 'busy' && failure !== 'io') return null;
  const { message } = ERROR_CODES.STORAGE_UNAVAILABLE;
  return new GatewayError('STORAGE_UNAVAILABLE', `${message} ${outcome}`.trim(), { cause: error });
}

function isUnreadable(error: unknown): error is SessionStoreError {
  return error instanceof SessionStoreError && error.failure === 'unreadable';
}

/** The cause in words for callers. File paths go to the log only. */
function whyNotWritable(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const refusal = redisRefusal(cause);
  if (refusal !== null) return `Redis, which stores the accounts, accepts no writes: ${refusal}.`;
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return `The disk for accounts is full (${code}).`;
  if (code === 'EROFS') return 'The disk for accounts is read-only (EROFS).';
  return `The storage for accounts cannot be written${code === '' ? '' : ` (${code})`}.`;
}

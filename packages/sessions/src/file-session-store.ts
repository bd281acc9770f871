import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PAUSED, userIdSchema } from '@gateway/contracts';
import type { Sealer } from '@gateway/runtime';
import * as z from 'zod';
import {
  afterFailedLogin,
  afterLoginStep,
  afterSession,
  NO_STATUS,
  storedAccount,
  type AccountRecord,
} from './account-record.ts';
import { checkDirectoryWritable, removeLeftOvers, syncDirectory } from './atomic-file.ts';
import { AuthFile, type AuthEntry } from './auth-file.ts';
import { openSealed, sealContent } from './sealed-content.ts';
import { SealedFiles } from './sealed-files.ts';
import {
  accountStatusSchema,
  checkRight,
  orUnreadable,
  SessionStoreError,
  storedLoginSchema,
  storedPeersSchema,
  type AccountStatus,
  type SessionStore,
  type StoredAccount,
  type StoredLogin,
  type StoredNetwork,
  type StoredPeers,
  type WriteRight,
} from './session-store.ts';
import { StoreCalls, toStoreError } from './store-calls.ts';

/** The sealed content of a session file. */
const sessionFileSchema = z.object({
  version: z.literal(1),
  user_id: userIdSchema,
  session: z.string().min(1),
  status: accountStatusSchema,
  /** The revision of the entry in `telegram_auth.json` that this file is newer than. */
  supersedes: z.string().nullable(),
});
type SessionFile = z.infer<typeof sessionFileSchema>;

export interface FileSessionStoreOptions {
  /** DATA_DIR; created with mode 0700 if missing. Processes on one host may share it. */
  dataDir: string;
  sealer: Sealer;
  /** ms to wait while another process writes `telegram_auth.json`. */
  lockTimeoutMs?: number;
}

/**
 * A session store in files. Each has mode 0600 and is replaced as a whole:
 * - `telegram_sessions/{user_id}.session`: the session, sealed; `telegram_sessions/{user_id}.peers`: the peers, sealed;
 * - `telegram_auth.json`: the status of every account and its login in progress; the login is sealed.
 *
 * The session file decides whether an account is signed in. A sign-in writes it before the entry, and it records which
 * entry it supersedes, so the sign-in survives a crash in between. A delete removes the session file before the entry;
 * an entry without session and login counts as no account. An owner that loses its right after writing the session file
 * has still made the change.
 *
 * @throws {SessionStoreError} if the directory cannot be used or `telegram_auth.json` cannot be parsed.
 */
export async function openFileSessionStore(options: FileSessionStoreOptions): Promise<SessionStore> {
  const { dataDir, sealer, lockTimeoutMs = 15_000 } = options;
  const sessionsDir = join(dataDir, 'telegram_sessions');
  const authFile = new AuthFile(join(dataDir, 'telegram_auth.json'), lockTimeoutMs);
  try {
    await mkdir(sessionsDir, { recursive: true, mode: 0o700 });
    await syncDirectory(dataDir);
    await removeLeftOvers(dataDir, Date.now());
    await removeLeftOvers(sessionsDir, Date.now());
    await authFile.check();
  } catch (error) {
    throw toStoreError(error, null);
  }
  const files = new SealedFiles(sessionsDir, sealer);
  const directories = [dataDir, sessionsDir];
  return new FileSessionStore({ directories, files, authFile, sealer, calls: new StoreCalls() }, null);
}

interface Parts {
  directories: readonly string[];
  files: SealedFiles;
  authFile: AuthFile;
  sealer: Sealer;
  calls: StoreCalls;
}

class FileSessionStore implements SessionStore {
  readonly #parts: Parts;
  readonly #files: SealedFiles;
  readonly #authFile: AuthFile;
  readonly #sealer: Sealer;
  readonly #calls: StoreCalls;
  readonly #right: WriteRight | null;

  constructor(parts: Parts, right: WriteRight | null) {
    this.#parts = parts;
    this.#files = parts.files;
    this.#authFile = parts.authFile;
    this.#sealer = parts.sealer;
    this.#calls = parts.calls;
    this.#right = right;
  }

  ownedBy(right: WriteRight): SessionStore {
    return new FileSessionStore(this.#parts, right);
  }

  async list(): Promise<string[]> {
    this.#calls.checkOpen();
    try {
      const signedIn = await this.#files.userIds('session');
      const signingIn = await this.#authFile.signingIn();
      return [...new Set([...signedIn, ...signingIn])].sort();
    } catch (error) {
      throw toStoreError(error, null);
    }
  }

  load(userId: string): Promise<StoredAccount | null> {
    return this.#calls.inOrder(userId, async () => {
      const { entry, session, unreadable } = await this.#read(userId);
      if (entry === null && unreadable === null) return null;
      const sealed = entry?.login?.sealed;
      const login = sealed === undefined ? null : await orUnreadable(this.#openLogin(userId, sealed));
      const record = entry === null ? { status: NO_STATUS, loginState: null } : asRecord(entry);
      return storedAccount(userId, record, unreadable ?? session, login);
    });
  }

  saveLogin(userId: string, given: StoredLogin, network?: StoredNetwork): Promise<void> {
    const login = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      const { entry } = await this.#read(userId);
      const sealed = sealContent(this.#sealer, 'login', userId, storedLoginSchema.parse(login));
      const before = { status: entry ?? NO_STATUS, login: entry?.login ?? null };
      const after = afterLoginStep(before, login, sealed, network);
      await this.#writeEntry(userId, after.status, after.login);
    });
  }

  dropLogin(userId: string): Promise<void> {
    return this.#calls.inOrder(userId, async () => {
      const { entry, session, unreadable } = await this.#read(userId);
      if (entry === null || entry.login === null) return;
      if (session === null && unreadable === null) await this.#removeEntry(userId);
      else await this.#writeEntry(userId, afterFailedLogin(entry, entry.login), null);
    });
  }

  saveSession(...[userId, session, givenUser, network]: Parameters<SessionStore['saveSession']>) {
    const user = structuredClone(givenUser);
    return this.#calls.inOrder(userId, async () => {
      const { entry, revision, unreadable } = await this.#read(userId);
      const { status, forgetsPeers } = afterSession(entry && asRecord(entry), user, network);
      const mayWrite = this.#mayWrite(userId);
      if (forgetsPeers) await this.#files.remove(userId, ['peers'], mayWrite);
      const content: SessionFile = { version: 1, user_id: userId, session, status, supersedes: revision };
      await this.#files.write(userId, 'session', content, { mayWrite, keepFormer: unreadable !== null });
      await ignoreFenced(this.#writeEntry(userId, status, null));
    });
  }

  saveStatus(userId: string, given: AccountStatus): Promise<void> {
    const status = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      const { entry } = await this.#read(userId);
      if (entry !== null) await this.#writeEntry(userId, status, entry.login);
    });
  }

  delete(userId: string): Promise<void> {
    return this.#calls.inOrder(userId, async () => {
      await this.#files.remove(userId, ['peers', 'session'], this.#mayWrite(userId));
      if (!(await this.#authFile.has(userId))) return;
      const entry = await orUnreadable(this.#authFile.entry(userId));
      const hasLogin = entry !== null && !(entry instanceof SessionStoreError) && entry.login !== null;
      await (hasLogin ? this.#removeEntry(userId) : ignoreFenced(this.#removeEntry(userId)));
    });
  }

  loadPeers(userId: string): Promise<StoredPeers> {
    return this.#calls.inOrder(userId, async () => {
      return (await this.#files.read(userId, 'peers', storedPeersSchema)) ?? { peers: [], missing: [] };
    });
  }

  savePeers(userId: string, given: StoredPeers, { keepFormer = false } = {}): Promise<void> {
    const peers = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      if (await this.#files.has(userId, 'session'))
        await this.#files.write(userId, 'peers', peers, { mayWrite: this.#mayWrite(userId), keepFormer });
    });
  }

  checkWritable(userId: string): Promise<void> {
    return this.#calls.inOrder(userId, async () => {
      // Do not overwrite a file that cannot be parsed.
      await this.#authFile.check();
      const size = await this.#authFile.size();
      for (const directory of this.#parts.directories) await checkDirectoryWritable(directory, size);
      await this.#authFile.checkReplaceable();
      await this.#files.checkReplaceable(userId, ['session', 'peers']);
    });
  }

  async close(): Promise<void> {
    if (this.#right === null) await this.#calls.close();
  }

  /**
   * The account's state after comparing both files, see {@link openFileSessionStore}. `revision` is that of the entry
   * on disk.
   */
  async #read(userId: string): Promise<{
    entry: AuthEntry | null;
    session: string | null;
    revision: string | null;
    /** Why the session file, or the entry, cannot be read. */
    unreadable: SessionStoreError | null;
  }> {
    const [found, file] = [
      await orUnreadable(this.#authFile.entry(userId)),
      await orUnreadable(this.#files.read(userId, 'session', sessionFileSchema)),
    ];
    if (found instanceof SessionStoreError) {
      // The whole file is unreadable, so nothing may be written.
      if (found.userId === null) throw found;
      const entry = file === null || file instanceof SessionStoreError ? null : entryOf(paused(file.status));
      return { entry, session: null, revision: null, unreadable: found };
    }
    const revision = found?.revision ?? null;
    const unreadable = null;
    if (file instanceof SessionStoreError) return { entry: found, session: null, revision, unreadable: file };
    if (file === null) {
      const isNobody = found === null || found.login === null;
      return { entry: isNobody ? null : found, session: null, revision, unreadable };
    }
    const { session, status, supersedes } = file;
    const isNewer = found === null || supersedes === revision;
    return { entry: isNewer ? entryOf(status, found) : found, session, revision, unreadable };
  }

  async #writeEntry(userId: string, status: AccountStatus, login: AuthEntry['login']): Promise<void> {
    const revision = randomBytes(8).toString('hex');
    const updated_at = new Date().toISOString();
    const entry = { ...accountStatusSchema.parse(status), login, updated_at, revision };
    await this.#authFile.change(userId, entry, this.#mayWrite(userId));
  }

  async #removeEntry(userId: string): Promise<void> {
    await this.#authFile.change(userId, null, this.#mayWrite(userId));
  }

  /** Called immediately before a change is committed. */
  #mayWrite(userId: string): () => void {
    return () => checkRight(this.#right, userId);
  }

  async #openLogin(userId: string, sealed: string): Promise<StoredLogin> {
    const place = 'telegram_auth.json';
    return openSealed(this.#sealer, sealed, { kind: 'login', userId, place }, storedLoginSchema);
  }
}

/** The entry that a session file newer than `former` implies. */
function entryOf(status: AccountStatus, former: AuthEntry | null = null): AuthEntry {
  return {
    ...status,
    login: null,
    updated_at: former?.updated_at ?? '',
    revision: former?.revision ?? '',
  };
}

/**
 * The status of an account whose entry is lost. It may have been paused or exported, so it must not send until a person
 * resumes it or signs in again.
 */
function paused(status: AccountStatus): AccountStatus {
  return { ...status, reason: PAUSED, next_action: 'Resume the account.' };
}

function asRecord(entry: AuthEntry): AccountRecord {
  return { status: accountStatusSchema.parse(entry), loginState: entry.login?.state ?? null };
}

/** Ignores `fenced` for an entry that follows a committed change: the next owner sees that the entry is out of date. */
async function ignoreFenced(following: Promise<void>): Promise<void> {
  await following.catch((error: unknown) => {
    if (!(error instanceof SessionStoreError && error.failure === 'fenced')) throw error;
  });
}

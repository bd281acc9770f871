import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSignedIn, userIdSchema } from '@gateway/contracts';
import type { Sealer } from '@gateway/runtime';
import * as z from 'zod';
import { readWhole, removeFiles, removeLeftOvers, replaceFile, syncDirectory } from './atomic-file.ts';
import { AuthFile, type AuthEntry } from './auth-file.ts';
import { FileLockError } from './file-lock.ts';
import {
  accountStatusSchema,
  SessionStoreError,
  storedLoginSchema,
  storedPeersSchema,
  type AccountStatus,
  type SessionStore,
  type StoredAccount,
  type StoredLogin,
  type StoredPeers,
} from './session-store.ts';
import { checkUserId, fileNameOf, userIdOf } from './user-file.ts';

const SESSION = '.session';
const PEERS = '.peers';

/** What a `.session` file holds, sealed. */
const sessionFileSchema = z.object({
  version: z.literal(1),
  user_id: userIdSchema,
  session: z.string().min(1),
  status: accountStatusSchema,
  /** The revision of the entry in `telegram_auth.json` that this file is newer than. */
  supersedes: z.string().nullable(),
});
type SessionFile = z.infer<typeof sessionFileSchema>;

const READY: AccountStatus = { state: 'ready', user: null, reason: null, next_action: null };
const NONE: AccountStatus = { state: 'none', user: null, reason: null, next_action: null };

export interface FileSessionStoreOptions {
  /** DATA_DIR; made (0700) when missing. Processes of one host may share it. */
  dataDir: string;
  sealer: Sealer;
  /** ms to wait for another process that writes `telegram_auth.json`. */
  lockTimeoutMs?: number;
}

/**
 * The session store in files, all of mode 0600 and replaced as a whole:
 * - `telegram_sessions/{user_id}.session`: the session, sealed; `telegram_sessions/{user_id}.peers`: the peers, sealed;
 * - `telegram_auth.json`: status of every account, and its login under way, sealed.
 *
 * A sign-in writes the session file first. It says which entry it is newer than, so after a crash before the entry is written the
 * account is signed in all the same. A delete removes the session before the entry; an entry without session and login is nobody's.
 *
 * @throws {SessionStoreError} where the directory cannot be used, or `telegram_auth.json` cannot be understood.
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
    await authFile.entries();
  } catch (error) {
    throw toStoreError(error, null);
  }
  return new FileSessionStore(sessionsDir, authFile, sealer);
}

class FileSessionStore implements SessionStore {
  readonly #directory: string;
  readonly #authFile: AuthFile;
  readonly #sealer: Sealer;
  /** The last call under way of each account. */
  readonly #tails = new Map<string, Promise<void>>();
  #closed = false;

  constructor(directory: string, authFile: AuthFile, sealer: Sealer) {
    this.#directory = directory;
    this.#authFile = authFile;
    this.#sealer = sealer;
  }

  async list(): Promise<string[]> {
    this.#checkOpen();
    try {
      const names = (await readdir(this.#directory)).filter((name) => name.endsWith(SESSION));
      const signedIn = names
        .map((name) => userIdOf(name.slice(0, -SESSION.length)))
        .filter((userId) => userId !== null);
      const entries = [...(await this.#authFile.entries())];
      const signingIn = entries.filter(([, entry]) => entry.login !== null).map(([userId]) => userId);
      return [...new Set([...signedIn, ...signingIn])].sort();
    } catch (error) {
      throw toStoreError(error, null);
    }
  }

  load(userId: string): Promise<StoredAccount | null> {
    return this.#inOrder(userId, async () => {
      const { entry, session } = await this.#read(userId);
      if (entry === null) return null;
      if (entry.login === null)
        return { userId, status: accountStatusSchema.parse(entry), session, login: null };
      const status = { ...NONE, state: entry.login.state, user: entry.user };
      const login = this.#open(entry.login.sealed, 'login', userId, 'telegram_auth.json', storedLoginSchema);
      return { userId, status: accountStatusSchema.parse(status), session, login };
    });
  }

  saveLogin(userId: string, given: StoredLogin): Promise<void> {
    const login = structuredClone(given);
    return this.#inOrder(userId, async () => {
      const { entry } = await this.#read(userId);
      const sealed = this.#sealer.seal(JSON.stringify(storedLoginSchema.parse(login)), `login:${userId}`);
      const state = login.awaiting === 'code' ? 'code_sent' : 'password_required';
      await this.#writeEntry(userId, entry ?? NONE, { state, sealed });
    });
  }

  dropLogin(userId: string): Promise<void> {
    return this.#inOrder(userId, async () => {
      const { entry, session } = await this.#read(userId);
      if (entry === null || entry.login === null) return;
      if (session === null) await this.#authFile.change(userId, null);
      else await this.#writeEntry(userId, entry, null);
    });
  }

  saveSession(userId: string, session: string, givenUser: AccountStatus['user']): Promise<void> {
    const user = structuredClone(givenUser);
    return this.#inOrder(userId, async () => {
      const { entry, revision } = await this.#read(userId);
      const before = entry?.user ?? null;
      const goesOn = entry !== null && entry.login === null && isSignedIn(entry.state);
      const status = accountStatusSchema.parse({ ...(goesOn ? entry : READY), user: user ?? before });
      const another = user !== null && before !== null && user.id !== before.id;
      if (another) await removeFiles(this.#directory, [fileNameOf(userId) + PEERS]);
      const content: SessionFile = { version: 1, user_id: userId, session, status, supersedes: revision };
      await this.#writeSealed(userId, SESSION, 'session', content);
      await this.#writeEntry(userId, status, null);
    });
  }

  saveStatus(userId: string, given: AccountStatus): Promise<void> {
    const status = structuredClone(given);
    return this.#inOrder(userId, async () => {
      const { entry } = await this.#read(userId);
      if (entry !== null) await this.#writeEntry(userId, status, entry.login);
    });
  }

  delete(userId: string): Promise<void> {
    return this.#inOrder(userId, async () => {
      const name = fileNameOf(userId);
      await removeFiles(this.#directory, [name + PEERS, name + SESSION]);
      if ((await this.#authFile.entries()).has(userId)) await this.#authFile.change(userId, null);
    });
  }

  loadPeers(userId: string): Promise<StoredPeers> {
    return this.#inOrder(userId, async () => {
      return (
        (await this.#readSealed(userId, PEERS, 'peers', storedPeersSchema)) ?? { peers: [], missing: [] }
      );
    });
  }

  savePeers(userId: string, given: StoredPeers): Promise<void> {
    const peers = structuredClone(given);
    return this.#inOrder(userId, async () => {
      const hasSession = await exists(join(this.#directory, fileNameOf(userId) + SESSION));
      if (hasSession) await this.#writeSealed(userId, PEERS, 'peers', peers);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#tails.values());
  }

  /** What counts of the two files: see {@link openFileSessionStore}. `revision` is the entry's as it is on disk. */
  async #read(
    userId: string,
  ): Promise<{ entry: AuthEntry | null; session: string | null; revision: string | null }> {
    const entry = (await this.#authFile.entries()).get(userId) ?? null;
    const file = await this.#readSealed(userId, SESSION, 'session', sessionFileSchema);
    const revision = entry?.revision ?? null;
    if (file === null)
      return { entry: entry === null || entry.login === null ? null : entry, session: null, revision };
    if (entry !== null && file.supersedes !== revision) return { entry, session: file.session, revision };
    const newer = {
      ...file.status,
      login: null,
      updated_at: entry?.updated_at ?? '',
      revision: revision ?? '',
    };
    return { entry: newer, session: file.session, revision };
  }

  async #writeEntry(userId: string, status: AccountStatus, login: AuthEntry['login']): Promise<void> {
    const revision = randomBytes(8).toString('hex');
    const entry = {
      ...accountStatusSchema.parse(status),
      login,
      updated_at: new Date().toISOString(),
      revision,
    };
    await this.#authFile.change(userId, entry);
  }

  async #readSealed<T>(
    userId: string,
    ending: string,
    kind: string,
    schema: z.ZodType<T>,
  ): Promise<T | null> {
    const file = join(this.#directory, fileNameOf(userId) + ending);
    const sealed = await readWhole(file);
    return sealed === null ? null : this.#open(sealed.trim(), kind, userId, file, schema);
  }

  async #writeSealed(userId: string, ending: string, kind: string, content: unknown): Promise<void> {
    const sealed = this.#sealer.seal(JSON.stringify(content), `${kind}:${userId}`);
    await replaceFile(join(this.#directory, fileNameOf(userId) + ending), `${sealed}\n`);
  }

  #open<T>(sealed: string, kind: string, userId: string, file: string, schema: z.ZodType<T>): T {
    try {
      return schema.parse(JSON.parse(this.#sealer.open(sealed, `${kind}:${userId}`)));
    } catch (error) {
      const why =
        error instanceof z.ZodError || error instanceof SyntaxError
          ? 'its content is not valid'
          : messageOf(error);
      throw new SessionStoreError(
        'unreadable',
        userId,
        `the ${kind} of account ${userId} in ${file} is left as it is: ${why}`,
      );
    }
  }

  /** Runs the calls for one account one after the other, and throws {@link SessionStoreError} only. */
  async #inOrder<T>(userId: string, work: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    checkUserId(userId);
    const run = (this.#tails.get(userId) ?? Promise.resolve()).then(work);
    const tail = run.then(
      () => {},
      () => {},
    );
    this.#tails.set(userId, tail);
    try {
      return await run;
    } catch (error) {
      throw toStoreError(error, userId);
    } finally {
      if (this.#tails.get(userId) === tail) this.#tails.delete(userId);
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new SessionStoreError('closed', null, 'the session store is closed');
  }
}

function toStoreError(error: unknown, userId: string | null): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  const failure = error instanceof FileLockError ? 'busy' : 'io';
  const whose = userId === null ? '' : ` for account ${userId}`;
  return new SessionStoreError(
    failure,
    userId,
    `the session store failed${whose}: ${messageOf(error)}`,
    error,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { userIdSchema } from '@gateway/contracts';
import type { Sealer } from '@gateway/runtime';
import * as z from 'zod';
import { afterSession, loginStateOf, NO_STATUS, shownStatus, type AccountRecord } from './account-record.ts';
import { readWhole, removeFiles, removeLeftOvers, replaceFile, syncDirectory } from './atomic-file.ts';
import { AuthFile, type AuthEntry } from './auth-file.ts';
import {
  accountStatusSchema,
  fenced,
  storedLoginSchema,
  storedPeersSchema,
  type AccountStatus,
  type SessionStore,
  type StoredAccount,
  type StoredLogin,
  type StoredPeers,
  type WriteRight,
} from './session-store.ts';
import { openSealed, StoreCalls, toStoreError } from './store-calls.ts';
import { fileNameOf, userIdOf } from './user-file.ts';

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
  return new FileSessionStore({ directory: sessionsDir, authFile, sealer, calls: new StoreCalls() }, null);
}

interface Parts {
  directory: string;
  authFile: AuthFile;
  sealer: Sealer;
  calls: StoreCalls;
}

class FileSessionStore implements SessionStore {
  readonly #parts: Parts;
  readonly #directory: string;
  readonly #authFile: AuthFile;
  readonly #sealer: Sealer;
  readonly #calls: StoreCalls;
  readonly #right: WriteRight | null;

  constructor(parts: Parts, right: WriteRight | null) {
    this.#parts = parts;
    this.#directory = parts.directory;
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
    return this.#calls.inOrder(userId, async () => {
      const { entry, session } = await this.#read(userId);
      if (entry === null) return null;
      const login =
        entry.login &&
        this.#open(entry.login.sealed, 'login', userId, 'telegram_auth.json', storedLoginSchema);
      return { userId, status: shownStatus(asRecord(entry)), session, login };
    });
  }

  saveLogin(userId: string, given: StoredLogin): Promise<void> {
    const login = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      const { entry } = await this.#read(userId);
      const sealed = this.#sealer.seal(JSON.stringify(storedLoginSchema.parse(login)), `login:${userId}`);
      await this.#writeEntry(userId, entry ?? NO_STATUS, { state: loginStateOf(login), sealed });
    });
  }

  dropLogin(userId: string): Promise<void> {
    return this.#calls.inOrder(userId, async () => {
      const { entry, session } = await this.#read(userId);
      if (entry === null || entry.login === null) return;
      if (session === null) await this.#authFile.change(userId, null, () => this.#checkRight(userId));
      else await this.#writeEntry(userId, entry, null);
    });
  }

  saveSession(userId: string, session: string, givenUser: AccountStatus['user']): Promise<void> {
    const user = structuredClone(givenUser);
    return this.#calls.inOrder(userId, async () => {
      const { entry, revision } = await this.#read(userId);
      const { status, forgetsPeers } = afterSession(entry && asRecord(entry), user);
      if (forgetsPeers) await this.#removeFiles(userId, [PEERS]);
      const content: SessionFile = { version: 1, user_id: userId, session, status, supersedes: revision };
      await this.#writeSealed(userId, SESSION, 'session', content);
      await this.#writeEntry(userId, status, null);
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
      await this.#removeFiles(userId, [PEERS, SESSION]);
      if ((await this.#authFile.entries()).has(userId))
        await this.#authFile.change(userId, null, () => this.#checkRight(userId));
    });
  }

  loadPeers(userId: string): Promise<StoredPeers> {
    return this.#calls.inOrder(userId, async () => {
      return (
        (await this.#readSealed(userId, PEERS, 'peers', storedPeersSchema)) ?? { peers: [], missing: [] }
      );
    });
  }

  savePeers(userId: string, given: StoredPeers): Promise<void> {
    const peers = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      const hasSession = await exists(join(this.#directory, fileNameOf(userId) + SESSION));
      if (hasSession) await this.#writeSealed(userId, PEERS, 'peers', peers);
    });
  }

  async close(): Promise<void> {
    if (this.#right === null) await this.#calls.close();
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
    await this.#authFile.change(userId, entry, () => this.#checkRight(userId));
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
    const file = join(this.#directory, fileNameOf(userId) + ending);
    await replaceFile(file, `${sealed}\n`, async () => this.#checkRight(userId));
  }

  async #removeFiles(userId: string, endings: readonly string[]): Promise<void> {
    this.#checkRight(userId);
    await removeFiles(
      this.#directory,
      endings.map((ending) => fileNameOf(userId) + ending),
    );
  }

  /** Asked at the last moment before a change is made durable. */
  #checkRight(userId: string): void {
    if (this.#right !== null && !this.#right.valid()) throw fenced(userId);
  }

  #open<T>(sealed: string, kind: string, userId: string, place: string, schema: z.ZodType<T>): T {
    return openSealed(this.#sealer, sealed, { kind, userId, place }, schema);
  }
}

function asRecord(entry: AuthEntry): AccountRecord {
  return { status: accountStatusSchema.parse(entry), loginState: entry.login?.state ?? null };
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

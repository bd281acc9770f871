import { readFile, stat } from 'node:fs/promises';
import { userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { loginRecordSchema } from './account-record.ts';
import { checkFileReplaceable, readIfExists, replaceFile } from './atomic-file.ts';
import { withFileLock } from './file-lock.ts';
import { accountStatusSchema, SessionStoreError } from './session-store.ts';
import { isTransient } from './store-calls.ts';

/** An account's entry in `telegram_auth.json`. */
const authEntrySchema = accountStatusSchema.extend({
  /** The login in progress. */
  login: loginRecordSchema.nullable(),
  /** RFC 3339, UTC. */
  updated_at: z.string(),
  /** Changes with every write. A session file that `supersedes` this revision is newer than the entry. */
  revision: z.string(),
});
export type AuthEntry = Readonly<z.infer<typeof authEntrySchema>>;

const authFileSchema = z.object({
  version: z.literal(1),
  // Not a zod record, which would drop `__proto__`. That is a valid user id.
  accounts: z.custom<object>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  ),
});

interface Change {
  entry: AuthEntry | null;
  mayWrite: () => void;
  /** Why it was cancelled. */
  refused: Error | undefined;
}

/** Whether the change may still be made. A cancelled change stays cancelled. */
function isAllowed(change: Change): boolean {
  if (change.refused !== undefined) return false;
  try {
    change.mayWrite();
    return true;
  } catch (error) {
    change.refused = error instanceof Error ? error : new Error(String(error));
    return false;
  }
}

/** Thrown when a change was cancelled while its batch was being written. */
class ChangeCancelled extends Error {}

/** An entry that cannot be parsed, because of a manual edit or a newer version. Writing the file keeps it unchanged. */
class BrokenEntry {
  readonly #content: unknown;
  readonly error: SessionStoreError;

  constructor(content: unknown, error: SessionStoreError) {
    this.#content = content;
    this.error = error;
  }

  toJSON(): unknown {
    return this.#content;
  }
}

type Entries = ReadonlyMap<string, AuthEntry | BrokenEntry>;
const NO_ENTRIES: Entries = new Map();

/**
 * `telegram_auth.json`, with one entry per account. Reading needs no lock, since the file is always replaced as a
 * whole. An unchanged file is not read again, which costs one `stat`.
 *
 * Changes made during a write are batched into the next write: a thousand at once need two writes. Each write takes the
 * lock file and reads the other accounts' entries again, so that processes do not overwrite each other's changes.
 */
export class AuthFile {
  readonly #file: string;
  readonly #lockTimeoutMs: number;
  #cached: { version: string; entries: Entries } = { version: '', entries: NO_ENTRIES };
  #changes = new Map<string, Change>();
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(file: string, lockTimeoutMs: number) {
    this.#file = file;
    this.#lockTimeoutMs = lockTimeoutMs;
  }

  /**
   * Resolves when the entry is on disk; `null` removes it.
   * @param mayWrite is called just before the write. Throwing there cancels this change and no other.
   */
  async change(userId: string, entry: AuthEntry | null, mayWrite: () => void = () => {}): Promise<void> {
    const change: Change = { entry, mayWrite, refused: undefined };
    this.#changes.set(userId, change);
    if (this.#next === undefined) {
      this.#next = this.#last.then(() => this.#commit());
      this.#last = this.#next.catch(() => {});
    }
    await this.#next;
    if (change.refused !== undefined) throw change.refused;
  }

  async #commit(): Promise<void> {
    const changes = this.#changes;
    this.#changes = new Map();
    this.#next = undefined;
    await withFileLock(`${this.#file}.lock`, this.#lockTimeoutMs, async (checkHeld) => {
      // Each attempt that writes nothing cancels at least one change, so this ends.
      while (
        !(await this.#write(new Map([...changes].filter(([, change]) => isAllowed(change))), checkHeld))
      );
    });
  }

  /** `false`: nothing was written, because one of the changes was cancelled. */
  async #write(changes: ReadonlyMap<string, Change>, checkHeld: () => Promise<void>): Promise<boolean> {
    if (changes.size === 0) return true;
    const entries = new Map(await this.#entries());
    for (const [userId, { entry }] of changes) {
      if (entry === null) entries.delete(userId);
      else entries.set(userId, entry);
    }
    const content = JSON.stringify({ version: 1, accounts: Object.fromEntries(entries) }, null, 2);
    try {
      await replaceFile(this.#file, `${content}\n`, async () => {
        await checkHeld();
        if (![...changes.values()].every(isAllowed)) throw new ChangeCancelled();
      });
    } catch (error) {
      if (error instanceof ChangeCancelled) return false;
      throw error;
    }
    this.#cached = { version: await this.#version(), entries };
    return true;
  }

  /** The account's current entry on disk; `null` if it has none. @throws {SessionStoreError} `unreadable`. */
  async entry(userId: string): Promise<AuthEntry | null> {
    const entry = (await this.#entries()).get(userId) ?? null;
    if (entry instanceof BrokenEntry) throw entry.error;
    return entry;
  }

  /** Whether the account has an entry, readable or not. */
  async has(userId: string): Promise<boolean> {
    return (await this.#entries()).has(userId);
  }

  /** Accounts with a login in progress, and accounts whose entry is unreadable, since they may have one. */
  async signingIn(): Promise<string[]> {
    return [...(await this.#entries())]
      .filter(([userId, entry]) => userIdSchema.safeParse(userId).success && !isAtRest(entry))
      .map(([userId]) => userId);
  }

  /** @throws {SessionStoreError} if the whole file cannot be read. */
  async check(): Promise<void> {
    await this.#entries();
  }

  /** All current entries on disk. @throws {SessionStoreError} `unreadable`. The file stays unchanged. */
  async #entries(): Promise<Entries> {
    try {
      const version = await this.#version();
      if (version === this.#cached.version) return this.#cached.entries;
      const entries =
        version === '' ? NO_ENTRIES : parseEntries(this.#file, await readFile(this.#file, 'utf8'));
      this.#cached = { version, entries };
      return entries;
    } catch (error) {
      throw isTransient(error) ? error : unreadable(this.#file, error);
    }
  }

  /** Size of the file in bytes. */
  async size(): Promise<number> {
    try {
      return (await stat(this.#file)).size;
    } catch {
      return 0;
    }
  }

  /** @throws if the file exists and cannot be replaced. */
  async checkReplaceable(): Promise<void> {
    await checkFileReplaceable(this.#file);
  }

  /** Identifies the content of the file: a replaced file has another inode and time. Empty if there is no file. */
  async #version(): Promise<string> {
    const version = await readIfExists(this.#file, async () => {
      const found = await stat(this.#file, { bigint: true });
      if (!found.isFile()) throw new Error('it is not a file');
      const { ino, size, mtimeNs, ctimeNs } = found;
      return [ino, size, mtimeNs, ctimeNs].join(' ');
    });
    return version ?? '';
  }
}

/**
 * No automatic recovery. The file also records which accounts are paused, limited or exported; without it, they would
 * send again.
 */
const RECOVERY =
  'Restore it from a backup. Or move it away and start again: signed-in accounts stay signed in, sign-ins in progress are lost, ' +
  'and accounts that were paused, stopped or exported send again at the default pace';

function unreadable(file: string, error: unknown): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  const what = error instanceof Error ? error.message : String(error);
  const isForbidden = /^(?:EACCES|EPERM)\b/.test(what);
  const recovery = isForbidden ? 'Allow the user that runs the worker to read and replace it' : RECOVERY;
  return new SessionStoreError('unreadable', null, `${file} cannot be read: ${what}. ${recovery}.`);
}

function parseEntries(file: string, text: string): Entries {
  const wrong = (what: string) =>
    new SessionStoreError('unreadable', null, `${file} cannot be used: it ${what}. ${RECOVERY}.`);
  let json: unknown;
  try {
    // Editors on Windows may add a byte order mark.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the text, which contains names and phone numbers.
    throw wrong(text === '' ? 'is empty' : 'is not JSON: broken, or cut off');
  }
  const parsed = authFileSchema.safeParse(json);
  if (!parsed.success) throw wrong(`is not {"version": 1, "accounts": {…}}`);
  return new Map(
    Object.entries(parsed.data.accounts).map(([userId, value]) => [userId, parseEntry(file, userId, value)]),
  );
}

function parseEntry(file: string, userId: string, value: unknown): AuthEntry | BrokenEntry {
  const entry = authEntrySchema.safeParse(value);
  if (entry.success) return entry.data;
  const message = `the entry of account ${userId} in ${file} is not valid: ${fieldsOf(entry.error)}`;
  return new BrokenEntry(value, new SessionStoreError('unreadable', userId, message));
}

function isAtRest(entry: AuthEntry | BrokenEntry): boolean {
  return !(entry instanceof BrokenEntry) && entry.login === null;
}

function fieldsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim()).join('; ');
}

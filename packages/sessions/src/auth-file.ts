import { readFile, stat } from 'node:fs/promises';
import { userIdSchema } from '@gateway/contracts';
import * as z from 'zod';
import { loginStateSchema } from './account-record.ts';
import { checkFileReplaceable, isThere, replaceFile } from './atomic-file.ts';
import { withFileLock } from './file-lock.ts';
import { accountStatusSchema, SessionStoreError } from './session-store.ts';
import { isTransient } from './store-calls.ts';

/** What `telegram_auth.json` says of one account. */
const authEntrySchema = accountStatusSchema.extend({
  /** The login under way: `sealed` is all of it, `state` the part that may be seen. */
  login: z.object({ state: loginStateSchema, sealed: z.string() }).nullable(),
  /** RFC 3339, UTC. */
  updated_at: z.string(),
  /** Another one for each writing. A session file that supersedes this revision is newer than the entry. */
  revision: z.string(),
});
export type AuthEntry = Readonly<z.infer<typeof authEntrySchema>>;

const authFileSchema = z.object({
  version: z.literal(1),
  // Not a record: zod would leave out `__proto__`, which is a user id like any other.
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

/** One of the changes in this write was cancelled. */
class CalledOff extends Error {}

/** An entry that is not understood: edited by hand, or written by a newer version. The file keeps it as it is. */
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
 * `telegram_auth.json`: one entry for each account. Reading needs no lock, since the file is only ever replaced as a whole, and costs a
 * `stat` while nobody has changed it.
 *
 * Changes made while one is being written are gathered and written together (a thousand at once are two writes). Every write takes
 * the entries of all other accounts from the file as it is then, under a lock file, so processes that share it lose none of each
 * other's changes.
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
      // Each round that writes nothing calls off one change at least.
      while (
        !(await this.#write(new Map([...changes].filter(([, change]) => isAllowed(change))), checkHeld))
      );
    });
  }

  /** `false`: nothing is written, since one of the changes was called off meanwhile. */
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
        if (![...changes.values()].every(isAllowed)) throw new CalledOff();
      });
    } catch (error) {
      if (error instanceof CalledOff) return false;
      throw error;
    }
    this.#cached = { version: await this.#version(), entries };
    return true;
  }

  /** The account's entry as it is on disk now; `null`: it has none. @throws {SessionStoreError} `unreadable`. */
  async entry(userId: string): Promise<AuthEntry | null> {
    const entry = (await this.#entries()).get(userId) ?? null;
    if (entry instanceof BrokenEntry) throw entry.error;
    return entry;
  }

  /** Whether the account has an entry, readable or not. */
  async has(userId: string): Promise<boolean> {
    return (await this.#entries()).has(userId);
  }

  /** The accounts with a sign-in under way, and those whose entry cannot be read: they may have one. */
  async signingIn(): Promise<string[]> {
    return [...(await this.#entries())]
      .filter(([userId, entry]) => userIdSchema.safeParse(userId).success && !isAtRest(entry))
      .map(([userId]) => userId);
  }

  /** @throws {SessionStoreError} where the file as a whole cannot be read. */
  async check(): Promise<void> {
    await this.#entries();
  }

  /** All entries as they are on disk now. @throws {SessionStoreError} `unreadable`: the file is left as it is. */
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

  /** Bytes of the file. */
  async size(): Promise<number> {
    try {
      return (await stat(this.#file)).size;
    } catch {
      return 0;
    }
  }

  /** @throws where the file is there and cannot be replaced. */
  async checkReplaceable(): Promise<void> {
    await checkFileReplaceable(this.#file);
  }

  /** Tells one content of the file from the next: a replaced file is another inode, with another time. Empty: there is none. */
  async #version(): Promise<string> {
    try {
      const found = await stat(this.#file, { bigint: true });
      if (!found.isFile()) throw new Error('it is not a file');
      const { ino, size, mtimeNs, ctimeNs } = found;
      return [ino, size, mtimeNs, ctimeNs].join(' ');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      if (await isThere(this.#file)) throw new Error('it is a link to nothing', { cause: error });
      return '';
    }
  }
}

/**
 * Not recovered from by itself: the file also says which accounts are paused, limited or used elsewhere, and those would send again.
 */
const RECOVERY =
  'Restore it from a backup. Or move it away and start again: signed-in accounts stay signed in, but sign-ins under way are lost, ' +
  'and accounts that were paused, stopped or exported send again, at the default pace';

function unreadable(file: string, error: unknown): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  const what = error instanceof Error ? error.message : String(error);
  const isForbidden = /^(?:EACCES|EPERM)\b/.test(what);
  const recovery = isForbidden ? 'Let the user that runs the worker read and replace it' : RECOVERY;
  return new SessionStoreError('unreadable', null, `${file} cannot be read: ${what}. ${recovery}.`);
}

function parseEntries(file: string, text: string): Entries {
  const wrong = (what: string) =>
    new SessionStoreError('unreadable', null, `${file} cannot be used: it ${what}. ${RECOVERY}.`);
  let json: unknown;
  try {
    // Editors on Windows put a mark in front.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the text, which holds names and phone numbers.
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

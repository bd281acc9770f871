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
import {
  RedisAccount,
  startCall,
  type AccountKeyOf,
  type RedisCommands,
  type StoredRecord,
} from './redis-account.ts';
import { openSealed, sealContent, type SealedKind } from './sealed-content.ts';
import {
  accountStatusSchema,
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

export interface RedisSessionStoreOptions {
  /** The store does not close it. */
  redis: RedisCommands;
  sealer: Sealer;
  keyOf: AccountKeyOf;
  /** A Redis set of all accounts that may be stored here. */
  indexKey: string;
}

const NOTHING: StoredRecord = { version: 1, status: NO_STATUS, session: null, login: null };

/**
 * A session store in Redis, for workers on several machines. An account has two keys: `account` (status; session and
 * login, sealed) and `peers` (sealed). One script makes each change, so a crash leaves the old or the new state. An
 * owner's writes are refused once the value of `fence` is another owner's ({@link SessionStore.ownedBy}). A call that
 * Redis does not answer within 5 s throws `io`.
 */
export function openRedisSessionStore(options: RedisSessionStoreOptions): SessionStore {
  return new RedisSessionStore(options, new StoreCalls(), null);
}

class RedisSessionStore implements SessionStore {
  readonly #options: RedisSessionStoreOptions;
  readonly #calls: StoreCalls;
  readonly #right: WriteRight | null;

  constructor(options: RedisSessionStoreOptions, calls: StoreCalls, right: WriteRight | null) {
    this.#options = options;
    this.#calls = calls;
    this.#right = right;
  }

  ownedBy(right: WriteRight): SessionStore {
    return new RedisSessionStore(this.#options, this.#calls, right);
  }

  async list(): Promise<string[]> {
    this.#calls.checkOpen();
    const { redis, indexKey, keyOf } = this.#options;
    const ask = startCall();
    try {
      const userIds = await ask(() => redis.smembers(indexKey));
      const exist = await ask(() =>
        Promise.all(userIds.map((userId) => redis.exists(keyOf(userId, 'account')))),
      );
      return userIds.filter((_, index) => exist[index] === 1).sort();
    } catch (error) {
      throw toStoreError(error, null);
    }
  }

  load(userId: string): Promise<StoredAccount | null> {
    return this.#inOrder(userId, async (account) => {
      const stored = await orUnreadable(account.read());
      if (stored === null) return null;
      if (stored instanceof SessionStoreError) return storedAccount(userId, asRecord(NOTHING), stored, null);
      const session =
        stored.session && (await orUnreadable(this.#open(userId, 'session', stored.session, z.string())));
      const login =
        stored.login &&
        (await orUnreadable(this.#open(userId, 'login', stored.login.sealed, storedLoginSchema)));
      return storedAccount(userId, asRecord(stored), session, login);
    });
  }

  saveLogin(userId: string, given: StoredLogin, network?: StoredNetwork): Promise<void> {
    const login = structuredClone(given);
    return this.#inOrder(userId, async (account) => {
      const stored = await orUnreadable(account.read());
      const keepFormer = stored instanceof SessionStoreError;
      const before = stored === null || keepFormer ? NOTHING : stored;
      const sealed = this.#seal(userId, 'login', storedLoginSchema.parse(login));
      await account.write({ ...before, ...afterLoginStep(before, login, sealed, network) }, { keepFormer });
    });
  }

  dropLogin(userId: string): Promise<void> {
    return this.#inOrder(userId, async (account) => {
      const stored = await orUnreadable(account.read());
      if (stored === null || stored instanceof SessionStoreError || stored.login === null) return;
      if (stored.session === null) await account.remove();
      else
        await account.write({
          ...stored,
          status: afterFailedLogin(stored.status, stored.login),
          login: null,
        });
    });
  }

  saveSession(...[userId, session, givenUser, network]: Parameters<SessionStore['saveSession']>) {
    const user = structuredClone(givenUser);
    return this.#inOrder(userId, async (account) => {
      const found = await orUnreadable(account.read());
      const stored = found instanceof SessionStoreError ? null : found;
      const { status, forgetsPeers } = afterSession(stored && asRecord(stored), user, network);
      const sealed = this.#seal(userId, 'session', session);
      const keepFormer =
        found instanceof SessionStoreError || (await this.#isUnreadable(userId, stored?.session ?? null));
      await account.write({ version: 1, status, session: sealed, login: null }, { forgetsPeers, keepFormer });
    });
  }

  saveStatus(userId: string, given: AccountStatus): Promise<void> {
    const status = structuredClone(given);
    return this.#inOrder(userId, async (account) => {
      const stored = await orUnreadable(account.read());
      if (stored !== null && !(stored instanceof SessionStoreError))
        await account.write({ ...stored, status: accountStatusSchema.parse(status) });
    });
  }

  delete(userId: string): Promise<void> {
    return this.#inOrder(userId, (account) => account.remove());
  }

  loadPeers(userId: string): Promise<StoredPeers> {
    return this.#inOrder(userId, async (account) => {
      const sealed = await account.readPeers();
      return sealed === null
        ? { peers: [], missing: [] }
        : this.#open(userId, 'peers', sealed, storedPeersSchema);
    });
  }

  savePeers(userId: string, given: StoredPeers, { keepFormer = false } = {}): Promise<void> {
    const peers = structuredClone(given);
    return this.#inOrder(userId, async (account) => {
      const stored = await account.read();
      if (stored === null || stored.session === null) return;
      await account.writePeers(this.#seal(userId, 'peers', peers), { keepFormer });
    });
  }

  checkWritable(userId: string): Promise<void> {
    return this.#inOrder(userId, (account) => account.checkWritable());
  }

  async close(): Promise<void> {
    if (this.#right === null) await this.#calls.close();
  }

  #inOrder<T>(userId: string, work: (account: RedisAccount) => Promise<T>): Promise<T> {
    const ask = startCall();
    return this.#calls.inOrder(userId, () => work(new RedisAccount(this.#options, userId, this.#right, ask)));
  }

  #seal(userId: string, kind: SealedKind, content: unknown): string {
    return sealContent(this.#options.sealer, kind, userId, content);
  }

  async #isUnreadable(userId: string, sealed: string | null): Promise<boolean> {
    if (sealed === null) return false;
    return (
      (await orUnreadable(this.#open(userId, 'session', sealed, z.string()))) instanceof SessionStoreError
    );
  }

  async #open<T>(userId: string, kind: SealedKind, sealed: string, schema: z.ZodType<T>): Promise<T> {
    return openSealed(this.#options.sealer, sealed, { kind, userId, place: 'Redis' }, schema);
  }
}

function asRecord({ status, login }: StoredRecord): AccountRecord {
  return { status, loginState: login?.state ?? null };
}

import { withTimeout, type Sealer } from '@gateway/runtime';
import * as z from 'zod';
import { afterSession, loginStateOf, NO_STATUS, shownStatus, type AccountRecord } from './account-record.ts';
import {
  accountStatusSchema,
  fenced,
  SessionStoreError,
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

/** What the store asks of Redis: one server or a cluster, by ioredis. */
interface RedisCommands {
  get(key: string): Promise<string | null>;
  exists(key: string): Promise<number>;
  smembers(key: string): Promise<string[]>;
  sadd(key: string, member: string): Promise<number>;
  srem(key: string, member: string): Promise<number>;
  eval(script: string, keys: number, ...keysAndValues: string[]): Promise<unknown>;
}

export interface RedisSessionStoreOptions {
  /** Whoever opened it closes it. */
  redis: RedisCommands;
  sealer: Sealer;
  /** The prefix of an account's keys, with a hash tag: all of them are on one slot of a cluster. */
  prefixOf: (userId: string) => string;
  /** A set of all accounts that may have something here. */
  indexKey: string;
}

/** ms for Redis to answer: a connection that waits for it to come back would keep its caller for ever. */
const CALL_TIMEOUT = 5_000;

/** What `<prefix>:account` holds. Secrets are sealed. */
const recordSchema = z.object({
  version: z.literal(1),
  status: accountStatusSchema,
  session: z.string().nullable(),
  login: z.object({ state: z.enum(['code_sent', 'password_required']), sealed: z.string() }).nullable(),
});
type StoredRecord = z.infer<typeof recordSchema>;

const NOTHING: StoredRecord = { version: 1, status: NO_STATUS, session: null, login: null };

// A value of '' deletes its key, and '=' leaves it as it is.
const WRITE = `
local fence = redis.call('GET', KEYS[1])
if ARGV[1] ~= '' and fence and fence ~= ARGV[1] then return 'fenced' end
for i = 2, 3 do
  if ARGV[i] == '' then redis.call('DEL', KEYS[i]) elseif ARGV[i] ~= '=' then redis.call('SET', KEYS[i], ARGV[i]) end
end
return 'written'`;
const AS_IT_IS = '=';
const DELETE = '';

/**
 * The session store in Redis, for workers of several machines. An account is two keys: `<prefix>:account` (status; session and login,
 * sealed) and `<prefix>:peers` (sealed). Each change is one script, so that a crash leaves the old or the new state.
 * An owner's writes are refused once `<prefix>:fence` is another's ({@link SessionStore.ownedBy}).
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
    const { redis, indexKey } = this.#options;
    try {
      const userIds = await inTime(redis.smembers(indexKey));
      const exist = await inTime(
        Promise.all(userIds.map((userId) => redis.exists(this.#key(userId, 'account')))),
      );
      return userIds.filter((_, index) => exist[index] === 1).sort();
    } catch (error) {
      throw toStoreError(error, null);
    }
  }

  load(userId: string): Promise<StoredAccount | null> {
    return this.#calls.inOrder(userId, async () => {
      const stored = await this.#read(userId);
      if (stored === null) return null;
      const session =
        stored.session === null ? null : this.#open(userId, 'session', stored.session, z.string());
      const login = stored.login && this.#open(userId, 'login', stored.login.sealed, storedLoginSchema);
      return { userId, status: shownStatus(asRecord(stored)), session, login };
    });
  }

  saveLogin(userId: string, given: StoredLogin): Promise<void> {
    const login = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      const stored = (await this.#read(userId)) ?? NOTHING;
      const sealed = this.#seal(userId, 'login', storedLoginSchema.parse(login));
      await this.#write(userId, { ...stored, login: { state: loginStateOf(login), sealed } });
    });
  }

  dropLogin(userId: string): Promise<void> {
    return this.#calls.inOrder(userId, async () => {
      const stored = await this.#read(userId);
      if (stored === null || stored.login === null) return;
      if (stored.session === null) await this.#remove(userId);
      else await this.#write(userId, { ...stored, login: null });
    });
  }

  saveSession(userId: string, session: string, givenUser: AccountStatus['user']): Promise<void> {
    const user = structuredClone(givenUser);
    return this.#calls.inOrder(userId, async () => {
      const stored = await this.#read(userId);
      const { status, forgetsPeers } = afterSession(stored && asRecord(stored), user);
      const sealed = this.#seal(userId, 'session', session);
      const record: StoredRecord = { version: 1, status, session: sealed, login: null };
      await this.#write(userId, record, forgetsPeers ? DELETE : AS_IT_IS);
    });
  }

  saveStatus(userId: string, given: AccountStatus): Promise<void> {
    const status = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      const stored = await this.#read(userId);
      if (stored !== null)
        await this.#write(userId, { ...stored, status: accountStatusSchema.parse(status) });
    });
  }

  delete(userId: string): Promise<void> {
    return this.#calls.inOrder(userId, () => this.#remove(userId));
  }

  loadPeers(userId: string): Promise<StoredPeers> {
    return this.#calls.inOrder(userId, async () => {
      const sealed = await inTime(this.#options.redis.get(this.#key(userId, 'peers')));
      return sealed === null
        ? { peers: [], missing: [] }
        : this.#open(userId, 'peers', sealed, storedPeersSchema);
    });
  }

  savePeers(userId: string, given: StoredPeers): Promise<void> {
    const peers = structuredClone(given);
    return this.#calls.inOrder(userId, async () => {
      const stored = await this.#read(userId);
      if (stored === null || stored.session === null) return;
      await this.#commit(userId, AS_IT_IS, this.#seal(userId, 'peers', peers));
    });
  }

  async close(): Promise<void> {
    if (this.#right === null) await this.#calls.close();
  }

  async #read(userId: string): Promise<StoredRecord | null> {
    const key = this.#key(userId, 'account');
    const json = await inTime(this.#options.redis.get(key));
    if (json === null) return null;
    try {
      return recordSchema.parse(JSON.parse(json));
    } catch {
      throw new SessionStoreError(
        'unreadable',
        userId,
        `the account ${userId} in ${key} is left as it is: not valid`,
      );
    }
  }

  async #write(userId: string, record: StoredRecord, peers = AS_IT_IS): Promise<void> {
    const { redis, indexKey } = this.#options;
    this.#checkRight(userId);
    // First of all: a name in the list without an account is nobody, an account that is not in the list would be forgotten.
    await inTime(redis.sadd(indexKey, userId));
    await this.#commit(userId, JSON.stringify(record), peers);
  }

  async #remove(userId: string): Promise<void> {
    const { redis, indexKey } = this.#options;
    await this.#commit(userId, DELETE, DELETE);
    await inTime(redis.srem(indexKey, userId));
  }

  async #commit(userId: string, account: string, peers: string): Promise<void> {
    this.#checkRight(userId);
    const keys = [this.#key(userId, 'fence'), this.#key(userId, 'account'), this.#key(userId, 'peers')];
    const fence = this.#right?.fence ?? '';
    const reply = await inTime(this.#options.redis.eval(WRITE, keys.length, ...keys, fence, account, peers));
    if (reply === 'fenced') throw fenced(userId);
  }

  #checkRight(userId: string): void {
    if (this.#right !== null && !this.#right.valid()) throw fenced(userId);
  }

  #key(userId: string, name: 'fence' | 'account' | 'peers'): string {
    return `${this.#options.prefixOf(userId)}:${name}`;
  }

  #seal(userId: string, kind: string, content: unknown): string {
    return this.#options.sealer.seal(JSON.stringify(content), `${kind}:${userId}`);
  }

  #open<T>(userId: string, kind: string, sealed: string, schema: z.ZodType<T>): T {
    return openSealed(this.#options.sealer, sealed, { kind, userId, place: 'Redis' }, schema);
  }
}

function asRecord({ status, login }: StoredRecord): AccountRecord {
  return { status, loginState: login?.state ?? null };
}

function inTime<T>(reply: Promise<T>): Promise<T> {
  return withTimeout(reply, CALL_TIMEOUT, () => new Error(`Redis did not answer within ${CALL_TIMEOUT} ms`));
}

import { withTimeout } from '@gateway/runtime';
import * as z from 'zod';
import { loginRecordSchema } from './account-record.ts';
import {
  accountStatusSchema,
  checkRight,
  fenced,
  SessionStoreError,
  type WriteRight,
} from './session-store.ts';

/** The Redis commands that the store uses; an ioredis client of one server or a cluster. */
export interface RedisCommands {
  get(key: string): Promise<string | null>;
  exists(key: string): Promise<number>;
  smembers(key: string): Promise<string[]>;
  sadd(key: string, member: string): Promise<number>;
  srem(key: string, member: string): Promise<number>;
  eval(script: string, keys: number, ...keysAndValues: string[]): Promise<unknown>;
}

/**
 * ms for one call, including its time in the queue. Without a limit, a call would wait for as long as Redis is away.
 */
const CALL_TIMEOUT = 5_000;

/** Runs a Redis command within the remaining time. A command whose time is over is not sent. */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** Starts the time limit of one call. Its commands reject once the time is over. */
export function startCall(): Ask {
  const end = performance.now() + CALL_TIMEOUT;
  const late = () => new Error(`Redis did not answer within ${CALL_TIMEOUT} ms`);
  return async (question) => {
    const left = end - performance.now();
    if (left <= 0) throw late();
    return withTimeout(question(), left, late);
  };
}

/** The content of the key `account`. Secrets are sealed. */
const recordSchema = z.object({
  version: z.literal(1),
  status: accountStatusSchema,
  session: z.string().nullable(),
  login: loginRecordSchema.nullable(),
});
export type StoredRecord = z.infer<typeof recordSchema>;

// Writes the keys 2 and 3: '' deletes a key, '=' leaves it unchanged. First renames the key with index ARGV[4] to
// KEYS[4].
const WRITE = `
local fence = redis.call('GET', KEYS[1])
if ARGV[1] ~= '' and fence and fence ~= ARGV[1] then return 'fenced' end
if ARGV[4] ~= '' and redis.call('EXISTS', KEYS[tonumber(ARGV[4])]) == 1 then
  redis.call('RENAME', KEYS[tonumber(ARGV[4])], KEYS[4])
end
for i = 2, 3 do
  if ARGV[i] == '' then redis.call('DEL', KEYS[i]) elseif ARGV[i] ~= '=' then redis.call('SET', KEYS[i], ARGV[i]) end
end
return 'written'`;
const AS_IT_IS = '=';
const DELETE = '';

// Also deletes the broken values that were kept.
const REMOVE = `
local fence = redis.call('GET', KEYS[1])
if ARGV[1] ~= '' and fence and fence ~= ARGV[1] then return 'fenced' end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
return 'written'`;

// Redis refuses this write if it is out of memory or cannot save.
const PROBE = `redis.call('SET', KEYS[1], '1', 'PX', 1) redis.call('DEL', KEYS[1])`;

type AccountPart = 'account' | 'peers' | 'account:broken' | 'peers:broken' | 'probe' | 'fence';

/** Builds an account's keys. They need the same hash tag, so that one script may use all of them in a cluster. */
export type AccountKeyOf = (userId: string, part: AccountPart) => string;

/** The Redis server and keys of the store. */
export interface RedisPlace {
  redis: RedisCommands;
  keyOf: AccountKeyOf;
  indexKey: string;
}

/** One account's data in Redis, for the duration of one call of the store. */
export class RedisAccount {
  readonly #place: RedisPlace;
  readonly #userId: string;
  readonly #right: WriteRight | null;
  readonly #ask: Ask;

  constructor(place: RedisPlace, userId: string, right: WriteRight | null, ask: Ask) {
    this.#place = place;
    this.#userId = userId;
    this.#right = right;
    this.#ask = ask;
  }

  /** @throws {SessionStoreError} `unreadable`. */
  async read(): Promise<StoredRecord | null> {
    const key = this.#place.keyOf(this.#userId, 'account');
    const json = await this.#get(key, 'account');
    if (json === null) return null;
    try {
      return recordSchema.parse(JSON.parse(json));
    } catch {
      throw this.#unreadable(key, 'account');
    }
  }

  /** The peers, sealed. @throws {SessionStoreError} `unreadable`. */
  async readPeers(): Promise<string | null> {
    return this.#get(this.#peersKey, 'peers');
  }

  /** @throws {SessionStoreError} `fenced`. */
  async write(record: StoredRecord, { forgetsPeers = false, keepFormer = false } = {}): Promise<void> {
    const { redis, indexKey } = this.#place;
    checkRight(this.#right, this.#userId);
    // First, because an indexed id without an account is harmless, but an account without an index entry would be lost.
    await this.#ask(() => redis.sadd(indexKey, this.#userId));
    const peers = forgetsPeers ? DELETE : AS_IT_IS;
    await this.#commit({ account: JSON.stringify(record), peers, ...(keepFormer && { keep: 'account' }) });
  }

  /** @throws {SessionStoreError} `fenced`. */
  async writePeers(sealed: string, { keepFormer = false } = {}): Promise<void> {
    await this.#commit({ account: AS_IT_IS, peers: sealed, ...(keepFormer && { keep: 'peers' }) });
  }

  /** @throws {SessionStoreError} `fenced`. */
  async remove(): Promise<void> {
    const { redis, indexKey } = this.#place;
    const brokenKeys = [this.#brokenKey('account'), this.#brokenKey('peers')];
    await this.#run(REMOVE, [this.#fenceKey, this.#accountKey, this.#peersKey, ...brokenKeys], []);
    // The next owner may have started a login, so its id must stay. An indexed id without an account is harmless.
    if (this.#right !== null && !this.#right.valid()) return;
    await this.#ask(() => redis.srem(indexKey, this.#userId));
  }

  /** @throws if Redis refuses writes. */
  async checkWritable(): Promise<void> {
    const key = this.#place.keyOf(this.#userId, 'probe');
    await this.#ask(() => this.#place.redis.eval(PROBE, 1, key));
  }

  async #commit({
    account,
    peers,
    keep,
  }: {
    account: string;
    peers: string;
    /** An unreadable value to keep under another name. */
    keep?: 'account' | 'peers';
  }): Promise<void> {
    const keys = [this.#fenceKey, this.#accountKey, this.#peersKey, this.#brokenKey(keep ?? 'account')];
    const kept = keep === undefined ? '' : String(keep === 'account' ? 2 : 3);
    await this.#run(WRITE, keys, [account, peers, kept]);
  }

  async #run(script: string, keys: string[], values: string[]): Promise<void> {
    const reply = await this.#ask(async () => {
      checkRight(this.#right, this.#userId);
      return this.#place.redis.eval(script, keys.length, ...keys, this.#right?.fence ?? '', ...values);
    });
    if (reply === 'fenced') throw fenced(this.#userId);
  }

  async #get(key: string, what: string): Promise<string | null> {
    try {
      return await this.#ask(() => this.#place.redis.get(key));
    } catch (error) {
      // The key has another Redis type, such as a list.
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) throw this.#unreadable(key, what);
      throw error;
    }
  }

  #unreadable(key: string, what: string): SessionStoreError {
    const message = `the ${what} of ${this.#userId} in ${key} cannot be read: its content is not valid`;
    return new SessionStoreError('unreadable', this.#userId, message);
  }

  get #fenceKey(): string {
    return this.#place.keyOf(this.#userId, 'fence');
  }

  get #accountKey(): string {
    return this.#place.keyOf(this.#userId, 'account');
  }

  get #peersKey(): string {
    return this.#place.keyOf(this.#userId, 'peers');
  }

  /** The key of the last unreadable value that was replaced. */
  #brokenKey(what: 'account' | 'peers'): string {
    return this.#place.keyOf(this.#userId, `${what}:broken`);
  }
}

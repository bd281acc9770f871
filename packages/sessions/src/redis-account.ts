import { withTimeout } from '@gateway/runtime';
import * as z from 'zod';
import { loginStateSchema } from './account-record.ts';
import {
  accountStatusSchema,
  checkRight,
  fenced,
  SessionStoreError,
  type WriteRight,
} from './session-store.ts';

/** What the store asks of Redis: one server or a cluster, by ioredis. */
export interface RedisCommands {
  get(key: string): Promise<string | null>;
  exists(key: string): Promise<number>;
  smembers(key: string): Promise<string[]>;
  sadd(key: string, member: string): Promise<number>;
  srem(key: string, member: string): Promise<number>;
  eval(script: string, keys: number, ...keysAndValues: string[]): Promise<unknown>;
}

/** ms for a call, however many wait in front of it: a connection that waits for Redis to come back would keep its caller for ever. */
const CALL_TIMEOUT = 5_000;

/** Asks Redis for something within the time that is left; what is not asked in time is not asked at all. */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** The time of one call, which begins now. Its questions reject once that is over. */
export function startCall(): Ask {
  const end = performance.now() + CALL_TIMEOUT;
  const late = () => new Error(`Redis did not answer within ${CALL_TIMEOUT} ms`);
  return async (question) => {
    const left = end - performance.now();
    if (left <= 0) throw late();
    return withTimeout(question(), left, late);
  };
}

/** What `<prefix>:account` holds. Secrets are sealed. */
const recordSchema = z.object({
  version: z.literal(1),
  status: accountStatusSchema,
  session: z.string().nullable(),
  login: z.object({ state: loginStateSchema, sealed: z.string() }).nullable(),
});
export type StoredRecord = z.infer<typeof recordSchema>;

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

/** Where an account is kept. */
export interface RedisPlace {
  redis: RedisCommands;
  prefixOf: (userId: string) => string;
  indexKey: string;
}

export function accountKey({ prefixOf }: RedisPlace, userId: string): string {
  return `${prefixOf(userId)}:account`;
}

/** What is kept of one account, for the length of one call of the store. */
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
    const key = accountKey(this.#place, this.#userId);
    const json = await this.#ask(() => this.#place.redis.get(key));
    if (json === null) return null;
    try {
      return recordSchema.parse(JSON.parse(json));
    } catch {
      throw new SessionStoreError(
        'unreadable',
        this.#userId,
        `the account ${this.#userId} in ${key} is left as it is: its content is not valid`,
      );
    }
  }

  /** The peers, sealed. */
  async readPeers(): Promise<string | null> {
    return this.#ask(() => this.#place.redis.get(this.#peersKey));
  }

  /** @throws {SessionStoreError} `fenced`. */
  async write(record: StoredRecord, { forgetsPeers = false } = {}): Promise<void> {
    const { redis, indexKey } = this.#place;
    checkRight(this.#right, this.#userId);
    // First of all: a name in the list without an account is nobody, an account that is not in the list would be forgotten.
    await this.#ask(() => redis.sadd(indexKey, this.#userId));
    await this.#commit(JSON.stringify(record), forgetsPeers ? DELETE : AS_IT_IS);
  }

  /** @throws {SessionStoreError} `fenced`. */
  async writePeers(sealed: string): Promise<void> {
    await this.#commit(AS_IT_IS, sealed);
  }

  /** @throws {SessionStoreError} `fenced`. */
  async remove(): Promise<void> {
    const { redis, indexKey } = this.#place;
    await this.#commit(DELETE, DELETE);
    // A next owner may have begun a login by now, whose name must stay; a name too many is nobody.
    if (this.#right !== null && !this.#right.valid()) return;
    await this.#ask(() => redis.srem(indexKey, this.#userId));
  }

  async #commit(account: string, peers: string): Promise<void> {
    const fenceKey = `${this.#place.prefixOf(this.#userId)}:fence`;
    const keys = [fenceKey, accountKey(this.#place, this.#userId), this.#peersKey];
    const values = [this.#right?.fence ?? '', account, peers];
    const reply = await this.#ask(async () => {
      checkRight(this.#right, this.#userId);
      return this.#place.redis.eval(WRITE, keys.length, ...keys, ...values);
    });
    if (reply === 'fenced') throw fenced(this.#userId);
  }

  get #peersKey(): string {
    return `${this.#place.prefixOf(this.#userId)}:peers`;
  }
}

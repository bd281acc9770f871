import { fenceKey, knownNamesKey } from '../keys.ts';
import { Fenced } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** Most names that one command changes. */
const CHUNK = 500;

/**
 * KEYS: fence, names. ARGV: fence, how many names there must be before, how many to delete, these, then names and ids.
 * Returns `fenced`, `other` (there are not so many names, and nothing was changed), or `ok`.
 */
const CHANGE = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[2]) then return 'other' end
local deletes = tonumber(ARGV[3])
for i = 4, 3 + deletes do redis.call('HDEL', KEYS[2], ARGV[i]) end
for i = 4 + deletes, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 'ok'`);

/**
 * Whom one account knows by which name, in Redis, where the check of `replies_only` reads it. Only the account's owner
 * writes it. Calls run one after the other.
 */
export class KnownNames {
  readonly #redis: RedisClient;
  readonly #userId: string;
  readonly #fence: string;
  /** What Redis has; `null`: not known. */
  #stored: Map<string, string> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(redis: RedisClient, userId: string, fence: string) {
    this.#redis = redis;
    this.#userId = userId;
    this.#fence = fence;
  }

  /** Makes Redis have these names alone, whatever it has lost meanwhile. @throws {Fenced} */
  async store(names: ReadonlyMap<string, string>): Promise<void> {
    const mine = this.#last.then(() => this.#store(names));
    this.#last = mine.catch(() => {});
    await mine;
  }

  async #store(names: ReadonlyMap<string, string>): Promise<void> {
    for (;;) {
      const stored = this.#stored ?? new Map(Object.entries(await this.#redis.hgetall(this.#key)));
      this.#stored = null;
      const removed = [...stored.keys()].filter((name) => !names.has(name));
      const set = [...names].filter(([name, id]) => stored.get(name) !== id);
      if (await this.#change(stored, removed, set)) {
        this.#stored = new Map(names);
        return;
      }
    }
  }

  /** @returns `false`: Redis has other names than `stored`. */
  async #change(
    stored: ReadonlyMap<string, string>,
    removed: readonly string[],
    set: readonly [string, string][],
  ): Promise<boolean> {
    let count = stored.size;
    // Also without a change: that shows whether Redis has lost the names.
    for (let at = 0; at === 0 || at < Math.max(removed.length, set.length); at += CHUNK) {
      const deletes = removed.slice(at, at + CHUNK);
      const sets = set.slice(at, at + CHUNK);
      const args = [this.#fence, count, deletes.length, ...deletes, ...sets.flat()];
      const reply = await CHANGE.run(this.#redis, [fenceKey(this.#userId), this.#key], args);
      if (reply === 'fenced') throw new Fenced(this.#userId);
      if (reply !== 'ok') return false;
      count += sets.filter(([name]) => !stored.has(name)).length - deletes.length;
    }
    return true;
  }

  get #key(): string {
    return knownNamesKey(this.#userId);
  }
}

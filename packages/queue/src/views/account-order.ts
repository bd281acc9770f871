import type { AccountSort } from '@gateway/contracts';
import { accountOrderKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** Accounts looked at per script: Redis does nothing else while a script runs. */
const BATCH = 1_000;

/** Orders that Redis keeps: each has a sorted set of all accounts. */
type KeptOrder = Exclude<AccountSort, 'name' | '-name'>;

/** An account's place in an order: by score, accounts with the same score by user_id. */
export interface Place {
  userId: string;
  score: number;
}

/** A page of accounts. */
export interface AccountIds {
  userIds: string[];
  /** Number of accounts that fit, on this page or not. */
  total: number;
  /** `after` of the next page. */
  next: string | null;
}

export interface PageRequest {
  /** Default: `name`. */
  sort?: AccountSort | undefined;
  /** `next` of the page before. */
  after?: string | undefined;
  limit: number;
}

// KEYS: order, group. ARGV: score and user_id of the place after which to begin (empty: at the first), how many to
// find. Returns the last place that was looked at (false: it was the last of all), and those that fit, as a flat list.
const WALK = new Script(`
-- Not by <=, which compares by the rules of a language.
local function is_up_to(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a <= #b
end
local from = 0
if ARGV[2] ~= '' then
  local low = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1])
  local high = low + redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[1])
  while low < high do
    local middle = math.floor((low + high) / 2)
    if is_up_to(redis.call('ZRANGE', KEYS[1], middle, middle)[1], ARGV[2]) then low = middle + 1 else high = middle end
  end
  from = low
end
local places = redis.call('ZRANGE', KEYS[1], from, from + ${BATCH - 1}, 'WITHSCORES')
local found, wanted = {}, 2 * tonumber(ARGV[3])
for at = 1, #places, 2 do
  if redis.call('ZSCORE', KEYS[2], places[at]) then
    found[#found + 1] = places[at]
    found[#found + 1] = places[at + 1]
    if #found == wanted then return { places[at], places[at + 1], found } end
  end
end
if #places < ${2 * BATCH} then return { false, false, found } end
return { places[#places - 1], places[#places], found }`);

type Walked = [lastId: string | null, lastScore: string | null, found: string[]];

/** The first accounts of an order, after a place, that belong to a group. @param group its key */
export async function walkOrder(
  redis: RedisClient,
  order: KeptOrder,
  group: string,
  after: Place | null,
  wanted: number,
): Promise<Place[]> {
  const key = accountOrderKey(order);
  const found: Place[] = [];
  for (let from = after; found.length < wanted;) {
    const args = [from?.score ?? '', from?.userId ?? '', wanted - found.length];
    const [userId, score, places] = (await WALK.run(redis, [key, group], args)) as Walked;
    found.push(...placesIn(places));
    if (userId === null) break;
    from = { userId, score: Number(score) };
  }
  return found;
}

function placesIn(flat: readonly string[]): Place[] {
  return flat.flatMap((userId, index) =>
    index % 2 === 0 ? [{ userId, score: Number(flat[index + 1]) }] : [],
  );
}

/** Cuts the page from all accounts that fit. */
export async function pageOf(
  redis: RedisClient,
  fitting: readonly string[],
  { sort = 'name', after, limit }: PageRequest,
): Promise<AccountIds> {
  const places = (await placesOf(redis, fitting, sort)).toSorted((a, b) => compare(a, b, sort));
  const begin = await placeOf(redis, after, sort);
  const rest = places.filter((place) => begin === null || compare(place, begin, sort) > 0);
  return cut(rest.slice(0, limit + 1), fitting.length, { sort, limit });
}

async function placesOf(redis: RedisClient, userIds: readonly string[], sort: AccountSort): Promise<Place[]> {
  if (sort === 'name' || sort === '-name' || userIds.length === 0)
    return userIds.map((userId) => ({ userId, score: 0 }));
  const scores: (string | null)[] = [];
  for (let at = 0; at < userIds.length; at += BATCH)
    scores.push(...(await redis.zmscore(accountOrderKey(sort), ...userIds.slice(at, at + BATCH))));
  return userIds.map((userId, index) => ({ userId, score: Number(scores[index] ?? 0) }));
}

function compare(a: Place, b: Place, sort: AccountSort): number {
  if (a.score !== b.score) return a.score - b.score;
  const byName = a.userId === b.userId ? 0 : a.userId < b.userId ? -1 : 1;
  return sort === '-name' ? -byName : byName;
}

/** Cuts a page. @param found one more than `limit` if there is a next page. */
export function cut(
  found: readonly Place[],
  total: number,
  { sort = 'name', limit }: Omit<PageRequest, 'after'>,
): AccountIds {
  const places = found.slice(0, limit);
  const last = found.length > limit ? places.at(-1) : undefined;
  const isByName = sort === 'name' || sort === '-name';
  const next = last === undefined ? null : isByName ? last.userId : `${last.score}:${last.userId}`;
  return { userIds: places.map(({ userId }) => userId), total, next };
}

/** The place after which a page begins: that of an account now, or `next` of the page before. */
export async function placeOf(
  redis: RedisClient,
  after: string | undefined,
  sort: AccountSort,
): Promise<Place | null> {
  if (after === undefined) return null;
  const [, score, userId = ''] = /^(?:(-?\d+):)?(.*)$/.exec(after) ?? [];
  if (sort === 'name' || sort === '-name') return { userId, score: 0 };
  return { userId, score: Number(score ?? (await redis.zscore(accountOrderKey(sort), userId)) ?? 0) };
}

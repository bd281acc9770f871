import type { AccountView } from '@gateway/contracts';
import { ACCOUNT_INDEX_PREFIX, accountGroupKey, accountTextsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';
import {
  groupOf,
  groupsOf,
  searchText,
  urgencyOf,
  withoutHold,
  type AccountEntry,
  type AccountFilter,
} from './account-entry.ts';
import {
  cut,
  pageOf,
  placeOf,
  walkOrder,
  type AccountIds,
  type PageRequest,
  type Place,
} from './account-order.ts';

/** Accounts searched, or holds ended, per script: Redis does nothing else while a script runs. */
const BATCH = 1_000;
const HOLDS_AT_ONCE = 200;

const LUA = `
local prefix = KEYS[1]
local function move(id, from, to)
  for _, group in ipairs(from) do redis.call('ZREM', prefix .. 'group:' .. group, id) end
  for _, group in ipairs(to.groups) do redis.call('ZADD', prefix .. 'group:' .. group, 0, id) end
  -- An entry of a former version has no order.
  if to.order then redis.call('ZADD', prefix .. 'order:state', to.order, id) end
end`;

// ARGV: account, number of the lease, entry (empty: the account is forgotten), text, end of its hold (empty: none).
const PLACE = new Script(`${LUA}
local id = ARGV[1]
local old = redis.call('HGET', prefix .. 'entries', id)
old = old and cjson.decode(old) or { fence = 0, groups = {} }
if old.fence > tonumber(ARGV[2]) then return 0 end
redis.call('ZREM', prefix .. 'holds', id)
if ARGV[3] == '' then
  move(id, old.groups, { groups = {} })
  redis.call('ZREM', prefix .. 'order:state', id)
  redis.call('ZREM', prefix .. 'order:queue', id)
  redis.call('HDEL', prefix .. 'entries', id)
  redis.call('HDEL', prefix .. 'texts', id)
  return 1
end
move(id, old.groups, cjson.decode(ARGV[3]))
-- Its score is the negative number of its messages. The ranking of accounts sets it.
redis.call('ZADD', prefix .. 'order:queue', 'NX', 0, id)
redis.call('HSET', prefix .. 'entries', id, ARGV[3])
redis.call('HSET', prefix .. 'texts', id, ARGV[4])
if ARGV[5] ~= '' then redis.call('ZADD', prefix .. 'holds', ARGV[5], id) end
return 1`);

const END_HOLDS = new Script(`${LUA}
local ids = redis.call('ZRANGEBYSCORE', prefix .. 'holds', '-inf', ARGV[1], 'LIMIT', 0, ${HOLDS_AT_ONCE})
for _, id in ipairs(ids) do
  local entry = redis.call('HGET', prefix .. 'entries', id)
  redis.call('ZREM', prefix .. 'holds', id)
  if entry then
    entry = cjson.decode(entry)
    move(id, entry.groups, cjson.decode(entry.later))
    redis.call('HSET', prefix .. 'entries', id, entry.later)
  end
end
return #ids`);

// KEYS: group, texts. ARGV: text, bounds of the accounts, how many to return. Returns the last account searched, the
// number of matches, and the first of them.
const SEARCH = new Script(`
local ids = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, ${BATCH})
if #ids == 0 then return { false, 0, {} } end
local texts = redis.call('HMGET', KEYS[2], unpack(ids))
local count, found, wanted = 0, {}, tonumber(ARGV[4])
for at, id in ipairs(ids) do
  if texts[at] and string.find(texts[at], ARGV[1], 1, true) then
    count = count + 1
    if count <= wanted then found[count] = id end
  end
end
return { #ids == ${BATCH} and ids[#ids], count, found }`);

/** Writes the account's view to the index; an account that is not known leaves it. */
export async function indexAccount(
  redis: RedisClient,
  fence: string,
  userId: string,
  view: AccountView,
): Promise<void> {
  const number = Number.parseInt(fence, 10);
  const args = view.state === 'none' ? ['', '', ''] : entryArgs(number, userId, view);
  await PLACE.run(redis, [ACCOUNT_INDEX_PREFIX], [userId, number, ...args]);
}

function entryArgs(fence: number, userId: string, view: AccountView): [string, string, string | number] {
  const entry: AccountEntry = { fence, groups: groupsOf(view), order: urgencyOf(view) };
  const until = view.hold?.until;
  const text = searchText(userId, view);
  if (until === undefined) return [JSON.stringify(entry), text, ''];
  const after = withoutHold(view);
  const later = JSON.stringify({
    fence,
    groups: groupsOf(after),
    order: urgencyOf(after),
  } satisfies AccountEntry);
  return [JSON.stringify({ ...entry, later } satisfies AccountEntry), text, until];
}

/** Removes accounts from the index that no worker publishes any more. */
export async function unindexAccounts(redis: RedisClient, userIds: readonly string[]): Promise<void> {
  for (let at = 0; at < userIds.length; at += BATCH) {
    const batch = userIds.slice(at, at + BATCH);
    const listed = await redis.zmscore(accountGroupKey(groupOf({})), ...batch);
    for (const userId of batch.filter((_, index) => listed[index] !== null))
      await PLACE.run(redis, [ACCOUNT_INDEX_PREFIX], [userId, Number.MAX_SAFE_INTEGER, '', '', '']);
  }
}

export interface AccountQuery extends AccountFilter, PageRequest {
  /** The accounts to choose from; `null`: all. */
  among: readonly string[] | null;
  /** Whether the account has jobs that have not ended. */
  hasWaiting?: boolean | undefined;
}

/**
 * Reads a page of accounts from the index. It costs O(page), or a walk in batches for a search, and for an order with a
 * filter.
 */
export async function findAccounts(
  redis: RedisClient,
  query: AccountQuery,
  now: number,
): Promise<AccountIds> {
  const { text = '', among, sort = 'name', after, limit } = query;
  const group = accountGroupKey(groupOf(query));
  const isAll = query.state === undefined && query.needsAttention === undefined;
  if (!isAll || sort === 'state') await endHolds(redis, now);
  if (among !== null) return pageOf(redis, await fittingOf(redis, group, text, among), query);
  if (text !== '' && sort !== 'name') return pageOf(redis, await allMatches(redis, group, text), query);
  const begin = await placeOf(redis, after, sort);
  if (text !== '') {
    const before =
      begin === null ? 0 : (await search(redis, group, text, ['-', `[${begin.userId}`], 0)).count;
    const rest = begin === null ? '-' : `(${begin.userId}`;
    const { count, found } = await search(redis, group, text, [rest, '+'], limit + 1);
    return cut(named(found), before + count, query);
  }
  const [total, found] = await Promise.all([
    redis.zcard(group),
    sort === 'name' || sort === '-name'
      ? inNameOrder(redis, group, sort, begin, limit + 1)
      : walkOrder(redis, sort, group, begin, limit + 1),
  ]);
  return cut(found, total, query);
}

async function inNameOrder(
  redis: RedisClient,
  group: string,
  sort: 'name' | '-name',
  after: Place | null,
  most: number,
): Promise<Place[]> {
  const from = after === null ? null : `(${after.userId}`;
  return named(
    sort === 'name'
      ? await redis.zrangebylex(group, from ?? '-', '+', 'LIMIT', 0, most)
      : await redis.zrevrangebylex(group, from ?? '+', '-', 'LIMIT', 0, most),
  );
}

function named(userIds: readonly string[]): Place[] {
  return userIds.map((userId) => ({ userId, score: 0 }));
}

async function allMatches(redis: RedisClient, group: string, text: string): Promise<string[]> {
  return (await search(redis, group, text, ['-', '+'], Number.MAX_SAFE_INTEGER)).found;
}

async function endHolds(redis: RedisClient, now: number): Promise<void> {
  while ((await END_HOLDS.run(redis, [ACCOUNT_INDEX_PREFIX], [now])) === HOLDS_AT_ONCE);
}

async function fittingOf(
  redis: RedisClient,
  group: string,
  text: string,
  among: readonly string[],
): Promise<string[]> {
  const userIds = [...new Set(among)];
  if (userIds.length === 0) return [];
  const [scores, texts] = await Promise.all([
    redis.zmscore(group, ...userIds),
    text === '' ? [] : redis.hmget(accountTextsKey(), ...userIds),
  ]);
  return userIds.filter(
    (_, index) => scores[index] !== null && (text === '' || (texts[index] ?? '').includes(text)),
  );
}

async function search(
  redis: RedisClient,
  group: string,
  text: string,
  [min, max]: [min: string, max: string],
  wanted: number,
): Promise<{ count: number; found: string[] }> {
  const found: string[] = [];
  let count = 0;
  for (let from: string | null = min; from !== null;) {
    const args = [text, from, max, wanted - found.length];
    const [last, matches, ids] = (await SEARCH.run(redis, [group, accountTextsKey()], args)) as [
      string | null,
      number,
      string[],
    ];
    count += matches;
    found.push(...ids);
    from = last === null ? null : `(${last}`;
  }
  return { count, found };
}

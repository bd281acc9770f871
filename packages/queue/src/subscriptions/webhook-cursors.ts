import { Cluster } from 'ioredis';
import { eventsKey, fenceKey, receivingKey, webhookCursorsKey } from '../keys.ts';
import { Fenced } from '../ownership/fence.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** Failed tries to deliver one event. */
interface FailedTries {
  attempts: number;
  /** When the first of them failed, ms since the epoch. */
  since: number;
}

/** A webhook's place in the sequence of an account. */
export interface Cursor {
  /** The latest event that it has taken. */
  seq: number;
  /** Of the next event; `null`: none has failed. */
  tries: FailedTries | null;
}

/**
 * Reads a cursor, or begins one behind the events that are older than the webhook. If newer ones were dropped already,
 * it begins before the oldest kept one, so that a gap is told. Numbers and times rise together, so bisecting finds the
 * place.
 *
 * KEYS: fence, cursors, receiving, events. ARGV: fence, webhook, its creation (ms).
 */
const OPEN = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'fenced' } end
local known = redis.call('HMGET', KEYS[2], ARGV[2], ARGV[2] .. ':tries')
if known[1] then return { known[1], known[2] or '' } end
local counts = redis.call('HMGET', KEYS[3], 'last_seq', 'dropped_at')
local last = tonumber(counts[1] or '0')
local first = redis.call('XRANGE', KEYS[4], '-', '+', 'COUNT', 1)[1]
local oldest = first and tonumber(string.match(first[1], '%d+')) or last + 1
local low, high = oldest, last + 1
while low < high do
  local middle = math.floor((low + high) / 2)
  local entry = redis.call('XRANGE', KEYS[4], string.format('%.0f-0', middle), '+', 'COUNT', 1)[1]
  if tonumber(entry[2][4]) > tonumber(ARGV[3]) then high = middle else low = middle + 1 end
end
if low == oldest and tonumber(counts[2] or '0') > tonumber(ARGV[3]) then low = low - 1 end
local cursor = string.format('%.0f', low - 1)
redis.call('HSET', KEYS[2], ARGV[2], cursor)
return { cursor, '' }`);

/** KEYS: fence, cursors. ARGV: fence, webhook, number, tries (JSON; '': none), the number until now. */
const MOVE = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[5] then return 'elsewhere' end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
if ARGV[4] == '' then redis.call('HDEL', KEYS[2], ARGV[2] .. ':tries')
else redis.call('HSET', KEYS[2], ARGV[2] .. ':tries', ARGV[4]) end
return 'moved'`);

/** @throws {Fenced} */
export async function openCursor(
  redis: RedisClient,
  userId: string,
  fence: string,
  { id, createdAt }: { id: string; createdAt: number },
): Promise<Cursor> {
  const keys = [fenceKey(userId), webhookCursorsKey(userId), receivingKey(userId), eventsKey(userId)];
  const [seq, tries = ''] = (await OPEN.run(redis, keys, [fence, id, createdAt])) as string[];
  if (seq === 'fenced') throw new Fenced(userId);
  return { seq: Number(seq), tries: tries === '' ? null : (JSON.parse(tries) as FailedTries) };
}

/**
 * Moves a cursor on.
 * @param from the number at which it was.
 * @returns `false`: it is elsewhere by now. The webhook was deleted, or paused and resumed, while a delivery went on.
 * @throws {Fenced}
 */
export async function moveCursor(
  redis: RedisClient,
  userId: string,
  fence: string,
  { webhookId, from, to: { seq, tries } }: { webhookId: string; from: number; to: Cursor },
): Promise<boolean> {
  const args = [fence, webhookId, seq, tries === null ? '' : JSON.stringify(tries), from];
  const reply = await MOVE.run(redis, [fenceKey(userId), webhookCursorsKey(userId)], args);
  if (reply === 'fenced') throw new Fenced(userId);
  return reply === 'moved';
}

/** The webhooks that have a place in the account's sequence, and the account's latest number. */
export async function readLags(
  redis: RedisClient,
  userId: string,
): Promise<{ lastSeq: number; taken: Map<string, number> }> {
  const [last, cursors] = await Promise.all([
    redis.hget(receivingKey(userId), 'last_seq'),
    redis.hgetall(webhookCursorsKey(userId)),
  ]);
  const taken = Object.entries(cursors).filter(([field]) => !field.includes(':'));
  return { lastSeq: Number(last ?? 0), taken: new Map(taken.map(([id, seq]) => [id, Number(seq)])) };
}

/**
 * Sums up how far webhooks are behind, over accounts.
 *
 * KEYS: receiving and cursors of each account. ARGV: webhooks.
 */
const SUM_LAGS = new Script(`
local lags = {}
for at = 1, #ARGV do lags[at] = 0 end
for at = 1, #KEYS, 2 do
  local last = tonumber(redis.call('HGET', KEYS[at], 'last_seq') or '0')
  for index, seq in ipairs(redis.call('HMGET', KEYS[at + 1], unpack(ARGV))) do
    if seq then lags[index] = lags[index] + math.max(0, last - tonumber(seq)) end
  end
end
return lags`);

/** Places that one run of the script reads: Redis does nothing else meanwhile. */
const PLACES = 10_000;
const MOST_ACCOUNTS = 500;
const MOST_WEBHOOKS = 1_000;

/**
 * Events of all these accounts that each webhook has not taken. Costs a command for hundreds of accounts; in a cluster,
 * one for each.
 * @param read runs a part of the commands, of which there may be many.
 */
export async function sumLags(
  redis: RedisClient,
  userIds: readonly string[],
  webhookIds: readonly string[],
  read: (commands: () => Promise<void>) => Promise<void>,
): Promise<Map<string, number>> {
  const lags = new Map<string, number>();
  const add = async (chunk: readonly string[], ids: readonly string[]) => {
    const keys = chunk.flatMap((userId) => [receivingKey(userId), webhookCursorsKey(userId)]);
    const sums = (await SUM_LAGS.run(redis, keys, ids)) as number[];
    for (const [index, id] of ids.entries()) lags.set(id, (lags.get(id) ?? 0) + (sums[index] ?? 0));
  };
  for (let from = 0; from < webhookIds.length; from += MOST_WEBHOOKS) {
    const ids = webhookIds.slice(from, from + MOST_WEBHOOKS);
    const step = Math.min(MOST_ACCOUNTS, Math.ceil(PLACES / ids.length));
    for (let at = 0; at < userIds.length; at += step) {
      const chunk = userIds.slice(at, at + step);
      // The keys of two accounts may be on two nodes of a cluster.
      const commands = redis instanceof Cluster ? chunk.map((userId) => [userId]) : [chunk];
      await read(async () => void (await Promise.all(commands.map((accounts) => add(accounts, ids)))));
    }
  }
  return lags;
}

/** Deletes the places of webhooks that no longer exist. */
export async function dropCursors(
  redis: RedisClient,
  userId: string,
  isThere: (webhookId: string) => boolean,
): Promise<void> {
  const fields = await redis.hkeys(webhookCursorsKey(userId));
  const gone = fields.filter((field) => !isThere(field.split(':')[0] ?? ''));
  if (gone.length > 0) await redis.hdel(webhookCursorsKey(userId), ...gone);
}

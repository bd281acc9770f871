import { eventsKey, receivingKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/**
 * Old events are dropped only now and then, so a read leaves them out. Numbers and times rise together, so the oldest
 * event that is young enough is found by halving.
 *
 * KEYS: receiving, events. ARGV: number after which to read, most events, how long events are kept (ms; empty: for
 * ever).
 */
const READ = new Script(`
local counts = redis.call('HMGET', KEYS[1], 'last_seq', 'gaps')
local function from(start) return redis.call('XRANGE', KEYS[2], start, '+', 'COUNT', 1)[1] end
local function from_seq(seq) return from(string.format('%.0f-0', seq)) end
local function seq_of(entry) return tonumber(string.match(entry[1], '%d+')) end
local first = from('-')
if first and ARGV[3] ~= '' then
  local time = redis.call('TIME')
  local since = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[3])
  local function is_old(entry) return tonumber(entry[2][4]) < since end
  if is_old(first) then
    -- The greatest number that is known to be too old, and the greatest that may be.
    local low, high = seq_of(first), tonumber(counts[1] or '0')
    while low < high do
      local middle = math.floor((low + high + 1) / 2)
      local entry = from_seq(middle)
      if entry and is_old(entry) then low = seq_of(entry) else high = middle - 1 end
    end
    first = from_seq(low + 1)
  end
end
local entries = {}
if ARGV[2] ~= '0' then entries = redis.call('XRANGE', KEYS[2], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2]) end
return { counts[1] or '0', counts[2] or '0', first and first[1] or '', entries }`);

/** The numbers of an account's events. */
export interface EventCounts {
  lastSeq: number;
  /** `lastSeq` + 1 if no event is kept. */
  oldestSeq: number;
  gaps: number;
}

export interface StoredEvent {
  seq: number;
  /** As `EventText` writes it. */
  text: string;
  /** When it was appended, ms since the epoch. */
  at: number;
}

type Reply = [last: string, gaps: string, first: string, entries: [id: string, fields: string[]][]];

/**
 * Reads counts and events in one step.
 * @param retentionMs older events count as dropped; Infinity: none do. Those after `after` may be among the events.
 */
export async function readEventPage(
  redis: RedisClient,
  userId: string,
  { after, limit, retentionMs }: { after: number; limit: number; retentionMs: number },
): Promise<EventCounts & { events: StoredEvent[] }> {
  const keys = [receivingKey(userId), eventsKey(userId)];
  const args = [after, limit, retentionMs === Infinity ? '' : retentionMs];
  const [last, gaps, first, entries] = (await READ.run(redis, keys, args)) as Reply;
  const lastSeq = Number(last);
  return {
    lastSeq,
    oldestSeq: first === '' ? lastSeq + 1 : seqOf(first),
    gaps: Number(gaps),
    events: entries.map(([id, [, text = '', , at = '0']]) => ({ seq: seqOf(id), text, at: Number(at) })),
  };
}

function seqOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

import { eventsKey, receivingKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** KEYS: receiving, events. ARGV: number after which to read, most events. */
const READ = new Script(`
local counts = redis.call('HMGET', KEYS[1], 'last_seq', 'gaps')
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)
local entries = {}
if ARGV[2] ~= '0' then entries = redis.call('XRANGE', KEYS[2], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2]) end
return { counts[1] or '0', counts[2] or '0', first[1] and first[1][1] or '', entries }`);

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

/** Reads counts and events in one step. */
export async function readEventPage(
  redis: RedisClient,
  userId: string,
  after: number,
  limit: number,
): Promise<EventCounts & { events: StoredEvent[] }> {
  const keys = [receivingKey(userId), eventsKey(userId)];
  const [last, gaps, first, entries] = (await READ.run(redis, keys, [after, limit])) as Reply;
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

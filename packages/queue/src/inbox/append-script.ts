import { Script } from '../redis/script.ts';
import { APPEND_KEYS } from './append-keys.ts';

/** Bytes that Redis needs for an event beside its text: stream entry and index. Measured at 90 to 130. */
const OVERHEAD = 120;

/** Most events that one run drops. More go with the next ones. */
const MOST_DROPPED = 1_000;

/** Reads that an account keeps, and for how long it keeps them and the times of incoming messages, ms. */
const MOST_READS = 10_000;
const FACTS_KEPT_MS = 30 * 86_400_000;

/** Most names and values that are stored with one call. */
const MOST_SET = 1_000;

/**
 * Lua function that drops the oldest events until at most `most` and `most_bytes` are left, and none from before
 * `since` (ms). Returns count and bytes of the rest, and how many it dropped; `dropped_at` is the time of the latest of
 * them. An entry's fields are `e` (text), `t` (ms) and, for a message in the index, `m` (its name there).
 */
const DROP_OLDEST = `
local function seq_in(value) return value and string.match(value, '%d+') end
local function size_of(text) return #text + ${OVERHEAD} end
local dropped_at
local function drop_oldest(events, index, count, bytes, most, most_bytes, since)
  local from, kept, dropped = '-', nil, 0
  while kept == nil and dropped < ${MOST_DROPPED} do
    local entries = redis.call('XRANGE', events, from, '+', 'COUNT', 4)
    if #entries == 0 then break end
    for _, entry in ipairs(entries) do
      local fields = entry[2]
      if count <= most and bytes <= most_bytes and tonumber(fields[4]) >= since then
        kept = entry[1]
        break
      end
      if fields[6] and seq_in(redis.call('HGET', index, fields[6])) == string.match(entry[1], '%d+') then
        redis.call('HDEL', index, fields[6])
      end
      count, bytes, dropped, dropped_at = count - 1, bytes - size_of(fields[2]), dropped + 1, fields[4]
      from = '(' .. entry[1]
    end
  end
  if dropped > 0 then
    local last = string.match(from, '%d+')
    redis.call('XTRIM', events, 'MINID', string.format('%.0f-0', tonumber(last) + 1))
  end
  if count == 0 then bytes = 0 end
  return count, bytes, dropped
end`;

/**
 * Lua functions that store what is known of private chats beside the events. A read that is told again keeps its first
 * time, and an older message does not replace the time of a newer one.
 */
const PRIVATE_CHATS = `
local function store_read(reads, times, chat, up_to, at)
  local from = chat .. ':' .. up_to
  if #redis.call('ZRANGEBYLEX', reads, '[' .. from, '(' .. chat .. ';', 'LIMIT', 0, 1) > 0 then return end
  redis.call('ZADD', reads, 0, from .. ':' .. at)
  redis.call('ZADD', times, at, from .. ':' .. at)
end
local function drop_reads(reads, times, now)
  while true do
    local oldest = redis.call('ZRANGE', times, 0, 0, 'WITHSCORES')
    local is_kept = not oldest[1] or tonumber(oldest[2]) >= now - ${FACTS_KEPT_MS}
    if is_kept and redis.call('ZCARD', times) <= ${MOST_READS} then return end
    redis.call('ZREM', reads, oldest[1])
    redis.call('ZREM', times, oldest[1])
  end
end
local function store_writer(writers, person, at, now)
  redis.call('ZADD', writers, 'GT', at, person)
  redis.call('ZREMRANGEBYSCORE', writers, '-inf', now - ${FACTS_KEPT_MS})
end`;

/**
 * Lua function that names the history of writes that this Redis has ('' where it does not say), and whether it may lack
 * writes that it had when it was called `before` (false: no name is known). The name changes when a server starts and
 * when a replica becomes the primary. A `+` after it: a start loses nothing, since the server syncs each write.
 */
const HISTORY = `
local function history_of_writes(before, keeps)
  local info = redis.pcall('INFO', 'replication')
  if type(info) ~= 'string' then info = '' end
  local name = string.match(info, 'master_replid:(%w+)') or ''
  local is_other = before and string.match(before, '%w*') ~= name
  local was_replica = string.match(info, 'master_replid2:0+%s') == nil
  return name .. keeps, is_other and (was_replica or string.find(before, '+', 1, true) == nil)
end`;

/**
 * Lua function that appends events and stores the update state that they lead to, all or nothing. It is also part of
 * the script that ends a job.
 *
 * Redis refuses the first write of a script when it is out of memory, and no later one. Dropping comes first, so a run
 * that drops events can still append.
 *
 * The first append of a connection checks the store (see {@link HISTORY}): if Redis lacks a noted number, or may lack
 * the latest events, whose numbers are unknown, the sequence goes on above all numbers that may have been given.
 *
 * KEYS: `appendKeys`. ARGV: 1 fence, 2 token, 3 account, 4 channel, 5 most events, 6 most bytes, 7 retention (ms), 8
 * limit of numbers ('': as stored), 9 number to go on above if Redis may lack the latest ('': only old events are
 * dropped), 10 events kept while memory is short ('': it is not), 11 gap for lack of memory ('': not needed), 12 gap
 * for a lost store ('': this connection has checked the store), 13 the greatest number that this owner knows to be
 * given ('': unknown), 14 names to delete from the state (`*`: all), 15 names and values to store there, 16 events, 17
 * reads in private chats, 18 people who wrote, 19 `+` if a start of this Redis loses nothing, 20 a number that a former
 * owner has noted as given ('': none). 14 to 18 are the sizes of the lists that follow in this order.
 * An event is its kind (`new`, `edited`, `deleted`, `gap` or ''), its names in the index (with spaces), and its edit
 * (see `EventText`). A read is its chat, the last message that was read (10 digits), and when (ms). A person comes with
 * the time of their message (ms).
 * `texts` has the events' texts, behind the place `before_texts`.
 * Returns `lost` (no number is stored, or too low a one, and no gap was given), `limit`, `behind` or `ok`, and the
 * latest number. After `ok` and `behind` follow the bytes of all events, which events (from 1) were repeats, and the
 * reasons of the gaps that the script added. `behind`: only a gap was added, since Redis has lost the latest events.
 */
export const APPEND_EVENTS = `${APPEND_KEYS}${DROP_OLDEST}${PRIVATE_CHATS}${HISTORY}
local function append_events(KEYS, ARGV, texts, before_texts)
local known = redis.call('HMGET', KEYS[2], 'last_seq', 'token', 'bytes', 'tight', 'limit')
local function text(number) return string.format('%.0f', number) end
local stored, bytes = tonumber(known[1]), tonumber(known[3] or '0')
local is_first, given = stored == nil, tonumber(ARGV[13]) or 0
local history, is_other = nil, false
if ARGV[12] ~= '' then
  local before = redis.call('HGET', KEYS[2], 'history')
  history, is_other = history_of_writes(before, ARGV[19])
  local lacks_known = stored and stored < (tonumber(ARGV[20]) or 0)
  if (is_other or lacks_known) and ARGV[9] ~= '' and ARGV[13] == '' then given = tonumber(ARGV[9]) end
  if ARGV[9] == '' or before == history then history = nil end
end
-- After a failover, Redis may lack the latest events. Their numbers must not be given to others.
local is_behind = not is_first and stored < given
if is_first or is_behind then
  if ARGV[9] == '' or ARGV[12] == '' then return { 'lost', '0' } end
elseif known[2] == ARGV[2] then
  return { 'ok', text(stored), text(bytes), {}, {} }
end
local last = math.max(stored or tonumber(ARGV[9]), given)
local deletes, sets, appends = tonumber(ARGV[14]), tonumber(ARGV[15]), tonumber(ARGV[16])
local limit = tonumber(ARGV[8]) or tonumber(known[5] or '0')
local gaps, added_gaps, repeats = 0, {}, {}
local needs_number = appends > 0 or is_behind or (is_first and last > 0)
if needs_number and last + appends + 2 > limit then return { 'limit', text(last) } end
-- The worker must read again from the place that is stored, which is before the lost events.
if is_behind then deletes, sets, appends = 0, 0, 0 end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, most_bytes, since = tonumber(ARGV[5]), tonumber(ARGV[6]), now - tonumber(ARGV[7])
local count = redis.call('XLEN', KEYS[3])
local had_bytes = bytes

local function is_repeat(kind, name, edited)
  if kind == 'new' then return redis.call('HSETNX', KEYS[4], name, text(last + 1) .. ' ' .. edited) == 0 end
  if kind ~= 'edited' then return false end
  local value = redis.call('HGET', KEYS[4], name)
  if value and string.match(value, ' (.*)') == edited then return true end
  redis.call('HSET', KEYS[4], name, text(last + 1) .. ' ' .. edited)
  return false
end
local function append(event, kind, names, edited)
  if is_repeat(kind, names, edited) then return false end
  last = last + 1
  local entry = { 'e', event, 't', text(now) }
  if kind == 'new' or kind == 'edited' then
    entry[5], entry[6] = 'm', names
  elseif kind == 'deleted' then
    for name in string.gmatch(names, '[^ ]+') do redis.call('HDEL', KEYS[4], name) end
  elseif kind == 'gap' then
    gaps = gaps + 1
  end
  redis.call('XADD', KEYS[3], text(last) .. '-0', unpack(entry))
  count, bytes = count + 1, bytes + size_of(event)
  return true
end
local function append_gap(event, reason)
  append(event, 'gap', '', '')
  added_gaps[#added_gaps + 1] = reason
end

-- Dropping reads the oldest events, so an append does without until there are too many; a sweep drops old ones.
if appends == 0 or ARGV[10] ~= '' then
  count, bytes = drop_oldest(KEYS[3], KEYS[4], count, bytes, most, most_bytes, since)
end
if ARGV[10] ~= '' then
  local dropped
  count, bytes, dropped = drop_oldest(KEYS[3], KEYS[4], count, bytes, tonumber(ARGV[10]), most_bytes, since)
  -- A sweep gives no number that its owner cannot note.
  local may_tell = last < limit and (ARGV[9] ~= '' or ARGV[13] ~= '')
  if dropped > 0 and not known[4] and may_tell then
    append_gap(ARGV[11], 'memory')
    redis.call('HSET', KEYS[2], 'tight', '1')
  end
elseif known[4] then
  redis.call('HDEL', KEYS[2], 'tight')
end

local at = 21
for i = 1, deletes do
  if ARGV[at] == '*' then redis.call('DEL', KEYS[5]) else redis.call('HDEL', KEYS[5], ARGV[at]) end
  at = at + 1
end
local state_ends = at + 2 * sets
while at < state_ends do
  local to = math.min(at + ${MOST_SET}, state_ends)
  redis.call('HSET', KEYS[5], unpack(ARGV, at, to - 1))
  at = to
end
if is_behind or (is_first and last > 0) then append_gap(ARGV[12], 'store_lost') end
for i = 1, appends do
  if not append(texts[before_texts + i], ARGV[at], ARGV[at + 1], ARGV[at + 2]) then repeats[#repeats + 1] = i end
  at = at + 3
end
local reads, writers = tonumber(ARGV[17]), tonumber(ARGV[18])
if is_behind then reads, writers = 0, 0 end
for i = 1, reads do
  store_read(KEYS[6], KEYS[7], ARGV[at], ARGV[at + 1], ARGV[at + 2])
  at = at + 3
end
if reads > 0 then drop_reads(KEYS[6], KEYS[7], now) end
for i = 1, writers do
  store_writer(KEYS[8], ARGV[at], ARGV[at + 1], now)
  at = at + 2
end
if count > most or bytes > most_bytes then
  count, bytes = drop_oldest(KEYS[3], KEYS[4], count, bytes, most, most_bytes, since)
end
local is_longer = last > (stored or 0)
if is_first or is_longer or bytes ~= had_bytes or limit ~= tonumber(known[5] or '0') then
  local counts = { 'last_seq', text(last), 'bytes', text(bytes), 'limit', text(limit) }
  if dropped_at then counts[7], counts[8] = 'dropped_at', dropped_at end
  redis.call('HSET', KEYS[2], 'token', is_behind and '' or ARGV[2], unpack(counts))
elseif deletes + sets + appends > 0 then
  redis.call('HSET', KEYS[2], 'token', ARGV[2])
end
if history then redis.call('HSET', KEYS[2], 'history', history) end
if gaps > 0 then redis.call('HINCRBY', KEYS[2], 'gaps', gaps) end
if is_longer then redis.call('PUBLISH', ARGV[4], ARGV[3] .. ' ' .. text(last)) end
return { is_behind and 'behind' or 'ok', text(last), text(bytes), repeats, added_gaps }
end`;

/**
 * KEYS: fence. ARGV: those of {@link APPEND_EVENTS} as JSON, since Redis reads it faster than so many arguments; and
 * the texts. Returns `fenced` too.
 */
export const APPEND = new Script(`${APPEND_EVENTS}
local args = cjson.decode(ARGV[1])
if redis.call('GET', KEYS[1]) ~= args[1] then return { 'fenced', '0' } end
return append_events(append_keys(KEYS[1]), args, ARGV, 1)`);

/**
 * Stores an account's settings of receiving. KEYS: fence, receiving. ARGV: fence, settings (JSON), whether it receives,
 * account, channel. Returns the bytes of its events.
 */
export const WRITE_SETTINGS = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
redis.call('HSET', KEYS[2], 'settings', ARGV[2])
if ARGV[3] == '0' then redis.call('PUBLISH', ARGV[5], ARGV[4] .. ' off') end
return { redis.call('HGET', KEYS[2], 'bytes') or '0' }`);

/**
 * Deletes all events of an account and what is known of its private chats; the numbers go on. KEYS: `appendKeys`,
 * and names. ARGV: fence, account, channel.
 */
export const FORGET = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
local latest = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
if latest then redis.call('HSET', KEYS[2], 'dropped_at', latest[2][4]) end
redis.call('DEL', unpack(KEYS, 3))
redis.call('HDEL', KEYS[2], 'bytes', 'tight', 'settings')
redis.call('PUBLISH', ARGV[3], ARGV[2] .. ' off')
return 'ok'`);

import { sendQueuePrefix } from '../keys.ts';

/*
 * A job may wait for another one of its account, whose messages it is about. Until that job ends it is in none of the
 * queue's lists but BullMQ's `waiting-children`, so it holds nobody.
 */

/**
 * Lua functions. `park(prefix, id, other)` takes a job that was just enqueued out of the queue until `other` ends; if
 * that has ended already, the job stays where it is. `release(prefix, id)` moves the jobs that wait for an ended job to
 * the head of the queue, in their order, and returns how many. Both leave with a job how the other ended: `c` and its
 * result, or `f` and its error (JSON). The other job may then be forgotten.
 */
export const DEPENDENTS = `
local function outcome(prefix, id)
  if redis.call('ZSCORE', prefix .. 'completed', id) then
    return 'c' .. (redis.call('HGET', prefix .. id, 'returnvalue') or '')
  end
  if redis.call('ZSCORE', prefix .. 'failed', id) then
    return 'f' .. (redis.call('HGET', prefix .. id, 'failedReason') or '')
  end
  return false
end
local function park(prefix, id, other)
  local ended = outcome(prefix, other)
  if ended then
    redis.call('HSET', prefix .. id, 'dependency', ended)
    return false
  end
  if redis.call('LREM', prefix .. 'wait', 1, id) == 0 then redis.call('LREM', prefix .. 'paused', 1, id) end
  redis.call('ZADD', prefix .. 'waiting-children', redis.call('HGET', prefix .. id, 'timestamp') or 0, id)
  redis.call('RPUSH', prefix .. other .. ':dependents', id)
  return true
end
local function release(prefix, id)
  local dependents = redis.call('LRANGE', prefix .. id .. ':dependents', 0, -1)
  if #dependents == 0 then return 0 end
  local ended, released = outcome(prefix, id) or 'f', 0
  for i = #dependents, 1, -1 do
    local each = dependents[i]
    -- A job that was cancelled meanwhile is still in the list.
    if redis.call('ZREM', prefix .. 'waiting-children', each) == 1 then
      redis.call('HSET', prefix .. each, 'dependency', ended)
      redis.call('RPUSH', prefix .. 'wait', each)
      released = released + 1
    end
  end
  redis.call('DEL', prefix .. id .. ':dependents')
  return released
end`;

/** Sorted set: the jobs that wait for another one of their account, oldest first. */
export function parkedJobsKey(userId: string): string {
  return `${sendQueuePrefix(userId)}waiting-children`;
}

/** How the job ended that another one waits for. */
export type DependencyEnd = { is: 'completed'; result: unknown } | { is: 'failed'; reason: string };

/** Reads what `park` and `release` leave with a job; `null` if they left nothing. */
export function readDependencyEnd(text: string | null): DependencyEnd | null {
  if (text === null) return null;
  const content = text.slice(1);
  if (text.startsWith('f')) return { is: 'failed', reason: content };
  return { is: 'completed', result: content === '' ? null : JSON.parse(content) };
}

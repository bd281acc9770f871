import { Script } from '../redis/script.ts';

/** A Lua script that wraps one of BullMQ's scripts. */
export interface BullmqStep {
  script: Script;
  /** How many of BullMQ's arguments are keys. */
  keys: number;
}

/**
 * Lua: BullMQ's script below it, in the same block, does not call Redis for what account queues never have: events that
 * somebody reads, markers for BullMQ's own workers, priorities, parents and children, deduplication, checks for stalled
 * jobs. These were a third of the calls of a message.
 */
export const LEAN = `
local empty = { marker = 0, stalled = 0, dependencies = 0, unsuccessful = 0, prioritized = 0, pc = 0 }
local redis = setmetatable({
  call = function(command, ...)
    local key, field = ...
    if command == 'XADD' or command == 'XTRIM' then return false end
    if field == 'opts.maxLenEvents' then return '0' end
    if field == 'parentKey' then return { false, false, false } end
    local kind = empty[string.match(key, ':(%a+)$')]
    if kind then return command == 'ZPOPMIN' and {} or kind end
    return redis.call(command, ...)
  end
}, { __index = redis })`;

/**
 * Joins BullMQ's script, unchanged but {@link LEAN}, and `lua` into one atomic script; `lua` calls BullMQ's as
 * `bullmq()`. BullMQ's keys and arguments come first and the additional ones after them, where its script does not read
 * them.
 */
export function aroundBullmq({ content, keys }: { content: string; keys: number }, lua: string): BullmqStep {
  return { script: new Script(`local function bullmq()${LEAN}\n${content}\nend\n${lua}`), keys };
}

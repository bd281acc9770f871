import { Script } from '../redis/script.ts';

/** A Lua script that wraps one of BullMQ's scripts. */
export interface BullmqStep {
  script: Script;
  /** How many of BullMQ's arguments are keys. */
  keys: number;
}

/**
 * Lua: BullMQ's script below it, in the same block, writes no events and no marker. Nobody reads an account's events,
 * and only BullMQ's own workers wait for the marker.
 */
export const QUIET = `
local redis = setmetatable({
  call = function(command, ...)
    local key = ...
    if command == 'XADD' or command == 'XTRIM' then return false end
    if command == 'ZADD' and string.sub(key, -7) == ':marker' then return 0 end
    return redis.call(command, ...)
  end
}, { __index = redis })`;

/**
 * Joins BullMQ's script, unchanged but {@link QUIET}, and `lua` into one atomic script; `lua` calls BullMQ's as
 * `bullmq()`. BullMQ's keys and arguments come first and the additional ones after them, where its script does not read
 * them.
 */
export function aroundBullmq({ content, keys }: { content: string; keys: number }, lua: string): BullmqStep {
  return { script: new Script(`local function bullmq()${QUIET}\n${content}\nend\n${lua}`), keys };
}

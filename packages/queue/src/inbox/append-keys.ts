import {
  accountPrefix,
  eventIndexKey,
  eventsKey,
  fenceKey,
  readsKey,
  readTimesKey,
  receivingKey,
  updateStateKey,
  writersKey,
} from '../keys.ts';

const KEYS = [
  fenceKey,
  receivingKey,
  eventsKey,
  eventIndexKey,
  updateStateKey,
  readsKey,
  readTimesKey,
  writersKey,
] as const;

/** What an account's events consist of. All keys are on one slot of a Redis Cluster. */
export function appendKeys(userId: string): string[] {
  return KEYS.map((key) => key(userId));
}

/**
 * Lua function that makes {@link appendKeys} from the first of them: Redis joins texts faster than it reads arguments,
 * and these keys would be a quarter of what the end of a job sends.
 */
export const APPEND_KEYS = `
local function append_keys(fence)
  local account = string.match(fence, '^{[^}]*}')
  return { ${inLua().join(', ')} }
end`;

function inLua(): string[] {
  return appendKeys('').map((key) => `account .. '${key.slice(accountPrefix('').length)}'`);
}

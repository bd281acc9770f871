/**
 * Lua function: whether message `id` may have been sent, by its account's send state (`state`: JSON, or false if none).
 */
export const MAYBE_SENT = `
local function maybe_sent(state, id)
  local unknown = state and cjson.decode(state)['unknown']
  return unknown and unknown[id] and true or false
end`;

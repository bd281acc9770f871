/** Lua: whether a try of the message `id` may have taken effect, by what is remembered of its account's sends (`state`, JSON or false). */
export const MAYBE_SENT = `
local function maybe_sent(state, id)
  local unknown = state and cjson.decode(state)['unknown']
  return unknown and unknown[id] and true or false
end`;

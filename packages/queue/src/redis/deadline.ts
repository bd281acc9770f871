/**
 * A change reached Redis after its deadline, or was not sent because its caller was already answered. It had no effect.
 */
export class TooLate extends Error {
  override readonly name = 'TooLate';

  constructor() {
    super('its caller no longer waits');
  }
}

/** Lua function: whether `deadline` (ms by Redis' clock; empty: none) is over at `time` (a reply of `TIME`). */
export const IS_OVER = `
local function is_over(deadline, time)
  return deadline ~= '' and time[1] * 1000 + math.floor(time[2] / 1000) >= tonumber(deadline)
end`;

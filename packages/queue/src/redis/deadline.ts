/** Redis was asked after the deadline, by its own clock, or the caller was answered before Redis was asked: nothing was done. */
export class TooLate extends Error {
  override readonly name = 'TooLate';

  constructor() {
    super('its caller does not wait any more');
  }
}

/** Lua: whether the deadline `ARGV[index]` (ms of Redis' clock; empty: none) is over. */
export const IS_OVER = `
local function is_over(deadline, time)
  return deadline ~= '' and time[1] * 1000 + math.floor(time[2] / 1000) >= tonumber(deadline)
end`;

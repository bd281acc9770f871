/**
 * The paths where whatever stands behind `prefix` is the `user_id`, even nothing, so that a bad one is told what is wrong with it. Two, since
 * Hono has a quick router and a slow one, and a parameter that may be empty gets the slow one for all routes.
 */
export function anyOf(prefix: string): string[] {
  return [prefix, `${prefix}:user_id{.+}`];
}

/**
 * Paths in which everything after `prefix` is the `user_id`. An empty or malformed id also matches, so that its caller
 * gets a validation error. There are two paths because an optional parameter makes Hono use its slow router for all
 * routes.
 */
export function anyOf(prefix: string): string[] {
  return [prefix, `${prefix}:user_id{.+}`];
}

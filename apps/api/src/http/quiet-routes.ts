const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Whether machines ask for this route all the time: such requests are logged at the level `debug`, and not traced. */
export function isQuiet(route: string): boolean {
  return QUIET.has(route);
}

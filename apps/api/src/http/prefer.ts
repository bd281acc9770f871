/** How long the caller of a send wants to wait for its result. */
export interface WaitPreference {
  /** In ms; 0 responds at once. */
  waitMs: number;
  /**
   * Value of the `Preference-Applied` header; `null` if the caller's `Prefer` contained nothing that is honoured here.
   */
  applied: string | null;
}

const MAX_WAIT_SECONDS = 60;
/** Longer headers are ignored, because no valid preference is that long. */
const MAX_HEADER = 1_000;

/**
 * Reads `Prefer` (RFC 7240): `respond-async` and `wait=N`, N in whole seconds, at most 60 (larger values count as 60).
 * Both together mean "respond asynchronously if it takes longer than N", so the wait applies. As the RFC requires, the
 * first of equal preferences counts, and unknown names and invalid waits are ignored.
 */
export function parsePrefer(header: string | undefined, defaultMs: number): WaitPreference {
  const preferences =
    header === undefined || header.length > MAX_HEADER ? new Map<string, string>() : readPreferences(header);
  const wait = preferences.get('wait');
  const seconds =
    wait !== undefined && /^\d{1,9}$/.test(wait) ? Math.min(Number(wait), MAX_WAIT_SECONDS) : undefined;
  const async = preferences.get('respond-async') === '';
  const applied = [
    ...(async ? ['respond-async'] : []),
    ...(seconds === undefined ? [] : [`wait=${seconds}`]),
  ];
  return {
    waitMs: seconds === undefined ? (async ? 0 : defaultMs) : seconds * 1_000,
    applied: applied.length === 0 ? null : applied.join(', '),
  };
}

/**
 * Maps lower-case names to unquoted values (empty if there is none). Drops parameters (after `;`): no preference used
 * here has any.
 */
function readPreferences(header: string): Map<string, string> {
  const preferences = new Map<string, string>();
  for (const item of splitOutsideQuotes(header, ',')) {
    const [preference = ''] = splitOutsideQuotes(item, ';');
    const equals = preference.indexOf('=');
    const name = (equals < 0 ? preference : preference.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : unquote(preference.slice(equals + 1).trim());
    if (name !== '' && !preferences.has(name)) preferences.set(name, value);
  }
  return preferences;
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  return (
    text.match(separator === ',' ? /(?:"(?:[^"\\]|\\.)*"|[^",])+/g : /(?:"(?:[^"\\]|\\.)*"|[^";])+/g) ?? []
  );
}

function unquote(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

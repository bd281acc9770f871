/** How long the caller of a send is ready to wait for its end. */
export interface WaitPreference {
  /** ms; 0 answers at once. */
  waitMs: number;
  /** For the `Preference-Applied` header; `null` where the caller's `Prefer` said nothing that is honoured here. */
  applied: string | null;
}

const MAX_WAIT_SECONDS = 60;
/** Longer headers are not read: there is nothing that long to prefer. */
const MAX_HEADER = 1_000;

/**
 * Reads `Prefer` (RFC 7240): `respond-async` and `wait=N`, N in whole seconds, taken as 60 where it is more. Both together mean "answer
 * asynchronously if it takes longer than N", so the wait holds. As the RFC has it, the first of equal preferences counts, and what is
 * not understood (other names, a wait that is no whole number) is ignored.
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

/** Name in lower case → value, unquoted, empty where there is none. Parameters (after `;`) belong to no preference known here. */
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

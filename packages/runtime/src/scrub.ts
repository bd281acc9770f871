/** Shorter values are words that stand in log lines by chance. */
const SHORTEST_SECRET = 6;

/** E.164 with its plus, as the gateway writes phone numbers everywhere. */
const PHONE = /\+(\d{4})\d{2,9}(\d{2})(?!\d)/g;
/** User and password of an address. */
const CREDENTIALS = /(\w:\/\/)[^\s/"@]+@/g;
const SHORTEST_SESSION = 300;
/** Sessions in any program's form, session files and backups in base64. */
const SESSION = /\b(?:v1\.\d{1,3}\.|tgb1\.)?[A-Za-z0-9+/_-]{300,}={0,2}/g;

/**
 * Makes what takes secrets out of a log line, behind not writing them at all: values of settings that are secret, phone numbers
 * (`+7999•••67`), credentials in addresses, sessions. Its result is JSON where the line was.
 */
export function createScrub(secrets: readonly string[]): (line: string) => string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length)
    // As it stands in JSON.
    .map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    let scrubbed = line;
    // Most lines hold none, and to see that costs less than to look for them.
    if (line.includes('+')) scrubbed = scrubbed.replace(PHONE, '+$1•••$2');
    if (line.includes('://')) scrubbed = scrubbed.replace(CREDENTIALS, '$1•••@');
    if (line.length > SHORTEST_SESSION) scrubbed = scrubbed.replace(SESSION, '[redacted]');
    for (const secret of known)
      if (scrubbed.includes(secret)) scrubbed = scrubbed.replaceAll(secret, '[redacted]');
    return scrubbed;
  };
}

/** Shorter values are words that occur in log lines by chance. */
const SHORTEST_SECRET = 6;

/** E.164 with its plus, the form in which the gateway writes all phone numbers. */
const PHONE = /\+(\d{4})\d{2,9}(\d{2})(?!\d)/g;
/** User and password in a URL. */
const CREDENTIALS = /(\w:\/\/)[^\s/"@]+@/g;
const SHORTEST_SESSION = 300;
/** Session strings of any program, and session files and backups in base64. */
const SESSION = /\b(?:v1\.\d{1,3}\.|tgb1\.)?[A-Za-z0-9+/_-]{300,}={0,2}/g;

/**
 * Returns a function that removes secrets from a log line: secret settings, phone numbers (`+7999•••67`), credentials
 * in URLs, sessions. A second defence behind not logging them at all. A JSON line stays valid JSON.
 */
export function createScrub(secrets: readonly string[]): (line: string) => string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length)
    // The secret as JSON escapes it.
    .map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    let scrubbed = line;
    // Most lines contain no secret, and this check is cheaper than the replacement.
    if (line.includes('+')) scrubbed = scrubbed.replace(PHONE, '+$1•••$2');
    if (line.includes('://')) scrubbed = scrubbed.replace(CREDENTIALS, '$1•••@');
    if (line.length > SHORTEST_SESSION) scrubbed = scrubbed.replace(SESSION, '[redacted]');
    for (const secret of known)
      if (scrubbed.includes(secret)) scrubbed = scrubbed.replaceAll(secret, '[redacted]');
    return scrubbed;
  };
}

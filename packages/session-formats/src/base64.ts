const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;
const URL_SAFE = /^[A-Za-z0-9_-]*={0,2}$/;

/** Decodes strict base64 in either alphabet, with or without padding. `undefined` if no encoder writes this text. */
export function decodeBase64(text: string): Buffer | undefined {
  const urlSafe = URL_SAFE.test(text);
  if (!urlSafe && !STANDARD.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  if (digits.length !== text.length && text.length % 4 !== 0) return undefined;
  const encoding = urlSafe ? 'base64url' : 'base64';
  const bytes = Buffer.from(digits, encoding);
  // Also refuses an incomplete last character, and surplus bits that are not zero.
  return bytes.toString(encoding).replace(/=+$/, '') === digits ? bytes : undefined;
}

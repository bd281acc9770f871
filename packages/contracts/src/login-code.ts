import type { CodeSent } from './code-sent.ts';
import { cleanPasted } from './recipients/pasted.ts';

/** Deliveries whose codes are digits. The codes of others are words, or their format is unknown. */
const OF_DIGITS: ReadonlySet<CodeSent['delivery']> = new Set([
  'app',
  'sms',
  'call',
  'flash_call',
  'missed_call',
  'email',
  'fragment',
  'firebase',
]);

/** Digits with single spaces or dashes between them, not inside a word. */
const RUNS = /(?<![\p{L}\d])\d+(?:[ -]\d+)*(?![\p{L}\d])/gu;

/** The code to send to Telegram, or a sentence on why the text cannot be the code. */
export type LoginCode = { code: string } | string;

/**
 * Finds a login code in pasted text: `12 345`, `12-345.`, `Login code: 12345`. Refuses a code that cannot be right,
 * because Telegram allows few attempts.
 * @param isNumber the code came as a JSON number, so leading zeros are lost.
 */
export function parseLoginCode(
  text: string,
  { delivery, code_length: length }: Pick<CodeSent, 'delivery' | 'code_length'>,
  isNumber = false,
): LoginCode {
  if (!OF_DIGITS.has(delivery)) return wordsOf(text);
  const cleaned = cleanPasted(text);
  if (isNumber) return ofLength(cleaned.padStart(length ?? 0, '0'), length);
  // The code of a missed call is the end of the number that called.
  if (delivery === 'missed_call' && cleaned.startsWith('+') && length !== null)
    return { code: cleaned.replace(/\D/g, '').slice(-length) };
  const alone = cleaned.replace(/[\s.,:;'"`()-]/g, '');
  if (/^\d+$/.test(alone)) return ofLength(alone, length);
  const runs = [...cleaned.matchAll(RUNS)].map(([run]) => run);
  const joined = runs.map((run) => run.replace(/[ -]/g, ''));
  const apart = runs.flatMap((run) => run.split(/[ -]/));
  const code = onlyCode(joined, length) ?? onlyCode(apart, length);
  if (code !== undefined) return { code };
  return `must be the ${lengthInWords(length)} of the code alone`;
}

/** The only candidate that can be a code; `undefined` if none or several can. */
function onlyCode(candidates: readonly string[], length: number | null): string | undefined {
  const codes = new Set(
    candidates.filter((each) => (length === null ? each.length >= 4 : each.length === length)),
  );
  return codes.size === 1 ? [...codes][0] : undefined;
}

function ofLength(digits: string, length: number | null): LoginCode {
  if (length === null || digits.length === length) return { code: digits };
  return `must be the ${lengthInWords(length)} of the code: this has ${digits.length}`;
}

function lengthInWords(length: number | null): string {
  return length === null ? 'digits' : `${length} digits`;
}

/** Reads a word or phrase from an SMS. Keeps joiners (U+200C, U+200D), which are part of words in some scripts. */
function wordsOf(text: string): LoginCode {
  const words = text
    .replace(/(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? 'must not be empty' : { code: words };
}

/** Characters that show nothing: bidi and zero-width marks, variation selectors, fillers, control characters. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]|(?!\s)\p{Cc}/gu;
/** U+2212 is the minus sign; U+2800 is a blank that Unicode does not count as space. */
const DASHES = /[\p{Dash_Punctuation}\u2212]/gu;
const BLANK = /\u2800/g;
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/** Pairs that people and apps put around a name or a link. */
const WRAPPERS = new Set(['<>', '()', '[]', '{}', '""', "''", '``', '«»', '“”', '„“', '„”', '‘’']);
/** Spreadsheets show a number stored as text like this: `'+79991234567`. */
const SHEET_TEXT = /^'[+@\d-]/;
const TRAILING = new Set('.,;:!?\'"”’»>])');

/**
 * Normalizes pasted text: drops invisible marks, converts digits of every script, full-width and other compatibility
 * characters to ASCII and every dash to `-`, and trims. For names, links, numbers and times.
 * Never for a password or a message: there every character counts.
 */
export function cleanPasted(text: string): string {
  if (PLAIN_ASCII.test(text)) return text.trim();
  const visible = text.replace(INVISIBLE, '').replace(BLANK, ' ').normalize('NFKC');
  return visible
    .replace(DASHES, '-')
    .replace(/\p{Nd}/gu, asciiDigit)
    .trim();
}

/** Cleans the text and strips the brackets, quotes and full stop that surround a name or a link in prose. */
export function unwrapPasted(text: string): string {
  const cleaned = cleanPasted(text);
  let [first, last] = [SHEET_TEXT.test(cleaned) ? 1 : 0, cleaned.length - 1];
  for (; first < last; last -= 1) {
    const [begin = '', end = ''] = [cleaned[first], cleaned[last]];
    if (WRAPPERS.has(begin + end)) first += 1;
    else if (!TRAILING.has(end)) break;
  }
  return cleaned.slice(first, last + 1).trim();
}

/** Unicode gives the ten digits of a script consecutive code points, starting at zero. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

/**
 * Describes a character for an error text, with its script if it can pass for a Latin letter: `"о" (U+043E, Cyrillic)`.
 */
export function describeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const script = LOOK_ALIKES.find((name) => new RegExp(`\\p{Script=${name}}`, 'u').test(character));
  const place = script === undefined ? `U+${code}` : `U+${code}, ${script}`;
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `"${character}" (${place})` : place;
}

/** Scripts with letters that look like Latin ones. */
const LOOK_ALIKES = ['Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Lisu'];

import { parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from './locale.ts';
import { ERRORS } from './ru/errors/index.ts';

/** A template with values, ready to recognise sentences that were made from it. */
interface Pattern {
  /** The words around the values: one more than there are names. */
  words: readonly string[];
  names: readonly string[];
  russian: string;
}

/** Longer texts are no sentences of errors. */
const MAX_LENGTH = 2_000;
/** Most sentences of a message that are tried in every combination. */
const MAX_SENTENCES = 8;
/** Most searches for a template in one text. A real message takes up to 20, and made-up ones could take thousands. */
const MAX_SEARCHES = 60;
/** Most translations that are kept, a few hundred bytes each. */
const MAX_RECENT = 1_000;

const EXACT: Readonly<Record<string, string>> = ERRORS;
const BOUNDARY = /(?<=[.!?]) (?=[\p{Lu}@])/u;

/**
 * An English sentence of an error in another language; one that the catalogue does not have stays as it is.
 *
 * An error keeps its English message on its way through Redis, zod and other versions of the product, so the message
 * itself is the key. A value named `…Words` is a sentence of the catalogue too; one named `…Said` may be.
 */
export function translate(english: string, locale: Locale): string {
  if (locale === 'en' || english.length > MAX_LENGTH) return english;
  const known = recent.get(english);
  if (known !== undefined) return known;
  const budget = { searches: MAX_SEARCHES, found: new Map<string, string | undefined>() };
  const russian = russianOf(english, budget) ?? fieldFault(english, budget) ?? knownPartsOf(english, budget);
  if (recent.size >= MAX_RECENT) recent.clear();
  recent.set(english, russian);
  return russian;
}

/** The latest translations. A list of failures has the same few messages again and again. */
const recent = new Map<string, string>();

/** What one translation may still do, and what it has found already. */
interface Budget {
  searches: number;
  found: Map<string, string | undefined>;
}

/** The whole text in Russian; `undefined` if the catalogue lacks a part of it. */
function russianOf(english: string, budget: Budget): string | undefined {
  const exact = exactly(english);
  if (exact !== undefined) return exact;
  return bySentences(english, budget) ?? byPattern(english, budget);
}

function exactly(english: string): string | undefined {
  return Object.hasOwn(EXACT, english) ? EXACT[english] : undefined;
}

/** Translates a text of several sentences: as many of the first ones as the catalogue has together, then the rest. */
function bySentences(english: string, budget: Budget): string | undefined {
  const sentences = english.split(BOUNDARY);
  if (sentences.length > MAX_SENTENCES) return undefined;
  for (let count = sentences.length - 1; count > 0; count -= 1) {
    const head = sentences.slice(0, count).join(' ');
    const first = exactly(head) ?? byPattern(head, budget);
    const others = first && russianOf(sentences.slice(count).join(' '), budget);
    if (others !== undefined) return `${first} ${others}`;
  }
  return undefined;
}

const FIELD_FAULT = /^(The body|\S+) (.+?)(\.?)$/s;
const NOT_ASKED = ' Telegram was not asked.';

/** Translates the message of a request's first fault: the field, then what is wrong with it. */
function fieldFault(english: string, budget: Budget): string | undefined {
  const isAsked = !english.endsWith(NOT_ASKED);
  const [, field, problem = '', stop = ''] =
    FIELD_FAULT.exec(isAsked ? english : english.slice(0, -NOT_ASKED.length)) ?? [];
  const russian = russianOf(problem, budget);
  if (russian === undefined) return undefined;
  return `${field === 'The body' ? 'Тело запроса' : field}: ${russian}${stop}${isAsked ? '' : ' Telegram не спрашивали.'}`;
}

/** Translates the sentences that the catalogue has, and leaves those of other programs. */
function knownPartsOf(english: string, budget: Budget): string {
  return english
    .split(BOUNDARY)
    .map((sentence) => russianOf(sentence, budget) ?? sentence)
    .join(' ');
}

function byPattern(english: string, budget: Budget): string | undefined {
  const { found } = budget;
  if (!found.has(english)) found.set(english, searched(english, budget));
  return found.get(english);
}

function searched(english: string, budget: Budget): string | undefined {
  budget.searches -= 1;
  if (budget.searches < 0) return undefined;
  for (const pattern of patterns()) {
    if (!english.startsWith(pattern.words[0] ?? '') || !english.endsWith(pattern.words.at(-1) ?? ''))
      continue;
    for (const values of valuesIn(english, pattern)) {
      const shown = russianValues(values, budget);
      if (shown !== undefined) return String(messageOf(pattern.russian).format(shown));
    }
  }
  return undefined;
}

/** Values that are no free words, by their names. */
const FORMS: Readonly<Record<string, RegExp>> = {
  count: /^\d{1,15}$/,
  value: /^\S+$/,
  values: /^\S+(?:, \S+)*$/,
  last: /^\S+$/,
};

type Values = readonly (readonly [name: string, value: string])[];

/** `undefined`: a value is none that this template can have. */
function russianValues(values: Values, budget: Budget): Record<string, string | number> | undefined {
  const shown: Record<string, string | number> = {};
  for (const [name, value] of values) {
    const russian = /(?:Words|Said)$/.test(name) ? russianOf(value, budget) : value;
    if (russian === undefined && name.endsWith('Words')) return undefined;
    if (FORMS[name]?.test(value) === false) return undefined;
    shown[name] = name === 'count' ? Number(value) : (russian ?? value);
  }
  return shown;
}

/**
 * The values in a sentence, in at most two ways: the first ones short, and the last ones short. Takes time in
 * proportion to its length.
 */
function* valuesIn(english: string, { words, names }: Pattern): Generator<Values> {
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  const inner = english.slice(first.length, Math.max(first.length, english.length - last.length));
  const between = words.slice(1, -1);
  const found = cutAt(inner, between);
  if (found === undefined) return;
  yield found.map((value, index) => [names[index] ?? '', value]);
  const other = cutAtLast(inner, between);
  if (other !== undefined && other[0] !== found[0])
    yield other.map((value, index) => [names[index] ?? '', value]);
}

function cutAt(text: string, separators: readonly string[]): string[] | undefined {
  const parts: string[] = [];
  let from = 0;
  for (const separator of separators) {
    const end = text.indexOf(separator, from + 1);
    if (end < 0) return undefined;
    parts.push(text.slice(from, end));
    from = end + separator.length;
  }
  return from < text.length ? [...parts, text.slice(from)] : undefined;
}

function cutAtLast(text: string, separators: readonly string[]): string[] | undefined {
  const parts: string[] = [];
  let to = text.length;
  for (const separator of separators.toReversed()) {
    const start = text.lastIndexOf(separator, to - separator.length - 1);
    if (start < 0 || to - separator.length - 1 < 0) return undefined;
    parts.unshift(text.slice(start + separator.length, to));
    to = start;
  }
  return to > 0 ? [text.slice(0, to), ...parts] : undefined;
}

let known: readonly Pattern[] | undefined;

/** Templates with values, those with the most words first. Made when the first error is shown in Russian. */
function patterns(): readonly Pattern[] {
  known ??= Object.entries(EXACT)
    .filter(([english]) => english.includes('{'))
    .map(([english, russian]) => ({ ...partsOf(english), russian }))
    .toSorted((one, other) => other.words.join('').length - one.words.join('').length);
  return known;
}

function partsOf(template: string): Pick<Pattern, 'words' | 'names'> {
  const words = [''];
  const names: string[] = [];
  for (const element of parse(template, { ignoreTag: true })) {
    if (element.type === TYPE.literal) words.push(`${words.pop() ?? ''}${element.value}`);
    else if (element.type === TYPE.argument) {
      names.push(element.value);
      words.push('');
    }
  }
  return { words, names };
}

const messages = new Map<string, IntlMessageFormat>();

function messageOf(russian: string): IntlMessageFormat {
  const message =
    messages.get(russian) ?? new IntlMessageFormat(russian, 'ru', undefined, { ignoreTag: true });
  messages.set(russian, message);
  return message;
}

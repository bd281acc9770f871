import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from './locale.ts';
import { RUSSIAN, type Template } from './ru/index.ts';

/** The name in one `{…}` of a template: `{name}` or `{name, plural, …}`. The words of a plural form are none. */
type NameIn<Braces extends string> = Braces extends `${infer Name},${string}`
  ? Name
  : Braces extends '' | `${string} ${string}` | `#${string}`
    ? never
    : Braces;

type NamesIn<Words extends string> = Words extends `${string}{${infer Rest}`
  ? Rest extends `${infer Braces}}${infer After}`
    ? NameIn<Braces> | NamesIn<After>
    : never
  : never;

/** The values that a template needs. A number is printed by the rules of the language only where it says `number`. */
export type Values<T extends Template> = [NamesIn<T>] extends [never]
  ? []
  : [values: Record<NamesIn<T>, string | number>];

/** A sentence for a person that can be shown in each language. Plain data: it may be stored as JSON. */
export interface Text {
  /** The English sentence, an ICU message. */
  readonly template: Template;
  readonly values: Readonly<Record<string, string | number>>;
}

/**
 * A sentence for a person.
 * @param template the English sentence as an ICU message. Without a Russian one in `ru/` it does not compile.
 */
export function text<const T extends Template>(template: T, ...[values]: Values<T>): Text {
  return { template, values: values ?? {} };
}

/** Compiled messages; each template of the code is in it at most once a language. */
const messages = { en: new Map<string, IntlMessageFormat>(), ru: new Map<string, IntlMessageFormat>() };

/** The sentence in a language. One that an earlier or later version stored, and that has no Russian, stays English. */
export function render({ template, values }: Text, locale: Locale): string {
  const russian: string | undefined = locale === 'ru' ? RUSSIAN[template] : undefined;
  const words = russian ?? template;
  const language = russian === undefined ? 'en' : 'ru';
  let message = messages[language].get(words);
  if (message === undefined) {
    message = new IntlMessageFormat(words, language, undefined, { ignoreTag: true });
    messages[language].set(words, message);
  }
  return String(message.format(values));
}

import { isLocale, render, text, type Locale, type Template, type Values } from '@gateway/texts';

/** Writes a sentence in the language of the person at the terminal. */
export type Say = <const T extends Template>(template: T, ...values: Values<T>) => string;

export function sayIn(language: Locale): Say {
  return (template, ...values) => render(text(template, ...values), language);
}

/** The language of `--lang`, else that of the terminal, as POSIX names it: `ru_RU.UTF-8`. Else English. */
export function languageOf(env: Readonly<Record<string, string | undefined>>, chosen?: string): Locale {
  if (isLocale(chosen)) return chosen;
  const named = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  const [language] = named.toLowerCase().split(/[_.@]/);
  return isLocale(language) ? language : 'en';
}

/** The value of `--lang` on a command line that is not parsed yet: its errors and its help have a language, too. */
export function langIn(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const at = options.indexOf('--lang');
  return at < 0 ? options.find((arg) => arg.startsWith('--lang='))?.slice('--lang='.length) : options[at + 1];
}

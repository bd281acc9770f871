import { isLocale, type Locale } from '@gateway/texts';

const KEY = 'gateway-locale';

/** The person's choice in this browser. Without one: the first of the browser's languages that the console speaks. */
export function readLocale(): Locale {
  const chosen = localStorage.getItem(KEY);
  return isLocale(chosen) ? chosen : (navigator.languages.map(languageOf).find(isLocale) ?? 'en');
}

export function storeLocale(locale: Locale): void {
  localStorage.setItem(KEY, locale);
}

/** The language tag for dates and numbers: the browser's own variant of the language if it has one, such as `en-GB`. */
export function tagOf(locale: Locale): string {
  return navigator.languages.find((tag) => languageOf(tag) === locale) ?? locale;
}

function languageOf(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}

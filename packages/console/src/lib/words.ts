import { render, text, type Locale, type Template, type Text, type Values } from '@gateway/texts';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { formatsOf, type Formats } from './formats.ts';
import { tagOf } from './locale.ts';

/** Everything that a page needs to speak the person's language. */
export interface Words extends Formats {
  locale: Locale;
  setLocale: (locale: Locale) => void;
  /** The sentence in the language. @param template the English one */
  t: <const T extends Template>(template: T, ...values: Values<T>) => string;
  /** A sentence that other code has chosen. */
  say: (sentence: Text) => string;
}

export function wordsOf(locale: Locale, setLocale: (locale: Locale) => void): Words {
  return {
    ...formatsOf(tagOf(locale)),
    locale,
    setLocale,
    t: (template, ...values) => render(text(template, ...values), locale),
    say: (sentence) => render(sentence, locale),
  };
}

export const WordsContext = createContext<Words | null>(null);

/** The words of the chosen language. A component that uses them is rendered again when the language changes. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (words === null) throw new Error('no language is provided around this component');
  return words;
}

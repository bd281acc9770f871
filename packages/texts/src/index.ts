export { LOCALES, isLocale, type Locale } from './locale.ts';
export { RUSSIAN, type Template } from './ru/index.ts';
export { render, text, type Text, type Values } from './text.ts';
export { type ErrorSentence } from './ru/errors/index.ts';
export { translate } from './translate.ts';

import { tsImport } from 'tsx/esm/api';
import { expect, test } from 'vitest';
import { cliSentences, errorSentences } from './lib/docs/error-sentences.mjs';

/** Texts in the same places that no caller sees. */
const NOT_SHOWN = new Set([
  'the account is stopped until a person resumes it',
  'Redis cannot be used: {value}',
  'the connection is {value}',
  'SQLite format 3\0',
  'the proxy: ',
  '{value}: {value}{value}',
]);

test('each sentence that callers may see in an error has a Russian one; add it to packages/texts/src/ru/errors', async () => {
  /** @type {typeof import('../packages/texts/src/ru/errors/index.ts')} */
  const { ERRORS } = await tsImport('../packages/texts/src/ru/errors/index.ts', import.meta.url);
  /** @type {typeof import('../packages/texts/src/translate.ts')} */
  const { translate } = await tsImport('../packages/texts/src/translate.ts', import.meta.url);
  const keys = Object.keys(ERRORS).map((english) => english.replaceAll(/'([{}])'/g, '$1'));
  const missing = [...errorSentences(), ...cliSentences()]
    .filter(([text]) => !NOT_SHOWN.has(text) && !isIn(keys, text))
    .filter(([text]) => !/[а-я]/.test(translate(text.replaceAll('{value}', '7'), 'ru')))
    .map(([text, file]) => `${file}: ${text}`);
  expect(missing).toEqual([]);
});

/**
 * Whether the catalogue has the text, or each of its sentences. A value of the text may be any words of the catalogue's
 * sentence: many sentences are put together of parts.
 * @param {string[]} keys @param {string} text
 */
function isIn(keys, text) {
  return has(keys, text) || text.split(/(?<=[.!?]) (?=[A-Z@{])/).every((sentence) => has(keys, sentence));
}

/** @param {string[]} keys @param {string} sentence */
function has(keys, sentence) {
  const pieces = sentence
    .split('{value}')
    .map((piece) => piece.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const shape = new RegExp(pieces.join('.*'));
  return keys.some((key) => shape.test(key));
}

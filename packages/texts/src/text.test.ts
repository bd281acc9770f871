import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { describe, expect, test } from 'vitest';
import { CONSOLE } from './ru/console.ts';
import { ERRORS } from './ru/errors/index.ts';
import { RUSSIAN } from './ru/index.ts';
import { render, text } from './text.ts';

describe('A text', () => {
  test('is shown in the language asked for', () => {
    const count = text('{count, plural, one {# message} other {# messages}}', { count: 22 });
    expect(render(count, 'en')).toBe('22 messages');
    expect(render(count, 'ru')).toBe('22 сообщения');
  });

  test('that another version stored stays as it is', () => {
    const stored = { template: 'Of {version}, <b> & all' as never, values: { version: 'another' } };
    expect(render(stored, 'ru')).toBe('Of another, <b> & all');
  });
});

describe('Each Russian text', () => {
  test.each(Object.entries({ ...ERRORS, ...RUSSIAN }))(
    'of %j has the same values, and all plural forms',
    (english, russian) => {
      const [expected, found] = [english, russian].map((words) =>
        namesAndPlurals(parse(words, { ignoreTag: true })),
      );
      expect(found?.names).toEqual(expected?.names);
      for (const forms of found?.plurals ?? [])
        expect(forms).toEqual(expect.arrayContaining(['one', 'few', 'many', 'other']));
    },
  );
});

test('Each text of the console is shown by the console', () => {
  const root = join(import.meta.dirname, '..', '..', 'console', 'src');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');
  expect(Object.keys(CONSOLE).filter((english) => !sources.includes(english))).toEqual([]);
});

test('No text of the console names a call of the API, or the standard of phone numbers', () => {
  const texts = Object.entries(CONSOLE).flat();
  expect(texts.filter((words) => /\/(telegram|jobs|message_stream)|E\.164|E164/.test(words))).toEqual([]);
});

/** The names of the values in a message, and the forms of each plural. */
function namesAndPlurals(elements: MessageFormatElement[]): { names: string[]; plurals: string[][] } {
  const names = new Set<string>();
  const plurals: string[][] = [];
  const visit = (element: MessageFormatElement): void => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return;
    names.add(element.value);
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return;
    if (element.type === TYPE.plural) plurals.push(Object.keys(element.options));
    for (const { value } of Object.values(element.options)) value.forEach(visit);
  };
  elements.forEach(visit);
  return { names: [...names].toSorted(), plurals };
}

import { describe, expect, test } from 'vitest';
import type { Entity } from './entities.ts';
import { cleanSource, cleanText, isInvisible, normalizeFormatted, sameTextAs } from './telegram-text.ts';

const bold = (offset: number, length: number): Entity => ({ type: 'bold', offset, length });

describe('a text, as Telegram takes it', () => {
  test.each([
    ['a\r\nb', 'a\nb'],
    ['a\rb', 'ab'],
    ['a\n\rb\r', 'a\nb'],
    ['a\tb\vc\fd\0e\x1bf', 'a b c d e f'],
    ['a\x7fb\x85c', 'a\x7fb\x85c'],
    ['a\u2028b\u2029c', 'abc'],
    ['\u202ea\u202ab\u202cc\u202d', 'abc'],
    ['x\u0333\u0333y\u033fz', 'xyz'],
    ['q\u030a', 'q'],
    ['A\u030Asa a\u030a', 'Åsa å'],
    ['e\u0301', 'e\u0301'],
    ['\u200e\u200f\u200ea', '\u200c\u200c\u200ea'],
    ['\u200f\r\u200fa', '\u200c\u200fa'],
    ['a\u200eb', 'a\u200eb'],
    ['👨\u200d👩 \u00a0\u00ad\ufeffx', '👨\u200d👩 \u00a0\u00ad\ufeffx'],
    ['plain Привет\n', 'plain Привет\n'],
  ])('%j is %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
    expect(cleanText(clean)).toBe(clean);
  });

  test('keeps the tabs of a source', () => {
    expect(cleanSource('-\ta\r\n\t-\tb\0')).toBe('-\ta\n\t-\tb ');
  });

  test.each([
    [' \n hi \n ', 'hi'],
    ['\t\rhi\0', 'hi'],
    ['\u00a0hi\u3000', '\u00a0hi\u3000'],
  ])('%j is trimmed to %j', (text, trimmed) => {
    expect(normalizeFormatted({ text, entities: [] })).toEqual({ text: trimmed, entities: [] });
  });
});

describe('entities', () => {
  test.each([
    ['\r\nbold', [bold(2, 4)], 'bold', [bold(0, 4)]],
    ['a\r\nb\r\nc', [bold(3, 4)], 'a\nb\nc', [bold(2, 3)]],
    ['\u2028a\u202e\u202eb', [bold(1, 4)], 'ab', [bold(0, 2)]],
    ['a\rb', [bold(1, 1)], 'ab', []],
    ['👋\r👋', [bold(3, 2)], '👋👋', [bold(2, 2)]],
    ['a\u030ab', [bold(2, 1)], 'åb', [bold(1, 1)]],
    ['  a\tb  ', [bold(0, 7)], 'a b', [bold(0, 3)]],
    ['a\0\0', [bold(1, 2)], 'a', []],
    ['a \t b', [bold(1, 3)], 'a   b', []],
    [
      'a\rb',
      [bold(0, 3), { type: 'text_link', offset: 2, length: 1, url: 'https://a.b' } as const],
      'ab',
      [bold(0, 2), { type: 'text_link', offset: 1, length: 1, url: 'https://a.b' } as const],
    ],
  ])('of %j keep their places', (text, entities, normal, moved) => {
    expect(normalizeFormatted({ text, entities })).toEqual({ text: normal, entities: moved });
  });

  test('of a text that is as it should be are the same', () => {
    const formatted = { text: 'a b', entities: [bold(2, 1)] };
    expect(normalizeFormatted(formatted)).toEqual(formatted);
  });
});

test.each([
  '',
  ' \n',
  '\0',
  '\0\0\n',
  '\u200b',
  '\u200d\u200c\ufeff',
  '\u2800',
  '\u3000\u00a0',
  '\u00ad',
  '\u2060\u2063',
  '\ufe0f',
  '\u{e0020}',
  '\u180e',
  '\ufffc',
])('%j shows nothing', (text) => expect(isInvisible(text)).toBe(true));
test.each(['.', '\u200b.', 'ㅤ', '👋', '\u0301', '\x7f'])('%j shows something', (text) =>
  expect(isInvisible(text)).toBe(false),
);

describe('a text that was sent is known again', () => {
  test.each([
    ['a\nb', 'a\nb'],
    ['a\nb', 'a b'],
    [' a ', 'a'],
    ['a\u200bb', 'ab'],
    // Queued before texts were normalised.
    ['a\r\nb', 'a\nb'],
    ['a\r\nb', 'a\r\nb'],
    ['a\rb', 'ab'],
    ['a\rb', 'a\nb'],
    ['a\0b', 'a b'],
    ['a\0b', 'ab'],
    ['a\u2028b', 'ab'],
    ['a\u2028b', 'a\nb'],
    ['A\u030asa', 'Asa'],
    ['A\u030asa', 'Åsa'],
    ['x\u0333', 'x'],
    ['\u202ea\tb', 'a\tb'],
  ])('%j as %j', (sent, found) => expect(sameTextAs(sent)(found)).toBe(true));

  test.each([
    ['a b', 'ab'],
    ['a', 'b'],
    ['1 2', '12'],
    ['å', 'a'],
    ['a\r\nb', 'a\nc'],
  ])('%j not as %j', (sent, found) => expect(sameTextAs(sent)(found)).toBe(false));
});

import { expect, test } from 'vitest';
import { cleanPasted, describeCharacter, unwrapPasted } from './pasted.ts';

test('digits of every script become ASCII digits', () => {
  for (const system of Intl.supportedValuesOf('numberingSystem')) {
    const digits = new Intl.NumberFormat('en', { numberingSystem: system, useGrouping: false }).format(
      9_876_543_210,
    );
    if (/^\p{Nd}{10}$/u.test(digits)) expect([system, cleanPasted(digits)]).toEqual([system, '9876543210']);
  }
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (/\p{Nd}/u.test(character))
      expect([code.toString(16), cleanPasted(character)]).toEqual([
        code.toString(16),
        expect.stringMatching(/^\d$/),
      ]);
  }
});

test.each([
  ['bidi isolates, embeddings and marks', '\u2066a\u2069\u202ab\u202c\u200e\u200fc\u061c'],
  ['zero-width characters and a byte order mark', '\ufeffa\u200bb\u200c\u200d\u2060c'],
  ['a soft hyphen, a grapheme joiner, variation selectors', 'a\u00adb\u034f\ufe0fc\u{e0100}'],
  ['control characters and fillers', 'a\u0000b\u007fc\u0085\u3164'],
  ['full-width letters', 'ａｂｃ'],
  ['spaces of all kinds around', '\u00a0\u2003\u3000abc\u2009\n'],
])('%s leave abc', (_name, text) => {
  expect(cleanPasted(text)).toBe('abc');
});

test.each(['\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\ufe63', '\uff0d'])(
  '%j is a dash',
  (dash) => {
    expect(cleanPasted(`1${dash}2`)).toBe('1-2');
  },
);

test.each(['<x>', '"x"', '(x).', '«x»', '“x”,', '`x`', '"(x)".', ' x. ', 'x', 'x)'])('%j holds x', (text) => {
  expect(unwrapPasted(text)).toBe('x');
});

test('a character that passes for a Latin one is named with its script', () => {
  expect(['о', 'ο', '\u200b', '@', '👍'].map(describeCharacter)).toEqual([
    '"о" (U+043E, Cyrillic)',
    '"ο" (U+03BF, Greek)',
    'U+200B',
    '"@" (U+0040)',
    '"👍" (U+1F44D)',
  ]);
});

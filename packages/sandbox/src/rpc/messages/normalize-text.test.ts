import { expect, test } from 'vitest';
import { normalizeText, showsNothing } from './normalize-text.ts';

test.each([
  ['a\r\nb', 'a\nb'],
  ['a\rb', 'ab'],
  [' \n\ta\0b\x1f\n', 'a b'],
  ['a\u2028b\u2029c\u202ed', 'abcd'],
  ['x\u0333\u033f\u030ay', 'xy'],
  ['\u200e\u200e\u200fa', '\u200c\u200c\u200fa'],
  ['\u00a0a\u3000', '\u00a0a\u3000'],
])('%j becomes %j', (sent, kept) => expect(normalizeText(sent).text).toBe(kept));

test('placeOf maps offsets to the normalized text', () => {
  const { text, placeOf } = normalizeText(' \r\na\r\nb ');
  expect(text).toBe('a\nb');
  expect([0, 3, 4, 5, 6, 7, 8].map(placeOf)).toEqual([0, 0, 1, 1, 2, 3, 3]);
});

test.each(['', '\0', '\u200b\u200d', '\ufeff', '\u00a0', '\u2800', '\u2060', '\u{e0041}'])(
  '%j is invisible',
  (text) => expect(showsNothing(text)).toBe(true),
);
test.each(['a', '\u200ba', 'ㅤ', '👋'])('%j is visible', (text) => expect(showsNothing(text)).toBe(false));

import { expect, test } from 'vitest';
import { longLines } from './comment-width.mjs';

const WORDS = 'word '.repeat(30);

test.each([`// ${WORDS}`, `  /** ${WORDS}*/`, ` * ${WORDS}`, `const one = 1; // ${WORDS}`])(
  'a long comment is found: %s',
  (line) => {
    expect(longLines(`const zero = 0;\n${line}\n`)).toEqual([2]);
  },
);

test.each([
  `const text = '${WORDS}';`,
  `const url = 'https://example.com/${'a'.repeat(120)}';`,
  `// ${'ы'.repeat(117)}`,
  `// ${'😀'.repeat(117)}`,
])('a long text in code, or a comment of 120 characters, is accepted: %s', (line) => {
  expect(longLines(line)).toEqual([]);
});

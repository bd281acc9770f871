import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shown } from '../testing/shown.ts';
import { formatReply } from './format-reply.ts';

const read = (markdown: string) => shown(formatReply(markdown));

test.each([
  ['**bold** and *italic*', '[bold:bold] and [italic:italic]'],
  ['# Title\n\ntext', '[bold:Title]\n\ntext'],
  ['- one\n- two\n  - deep', '• one\n• two\n  • deep'],
  ['3. one\n4. two', '3. one\n4. two'],
  ['- **a**\n- b\n  on', '• [bold:a]\n• b\n  on'],
  ['- [ ] open\n- [x] **done**', '☐ open\n☑ [bold:done]'],
  ['> quoted\n>\n> > deeper', '[blockquote:quoted\n\ndeeper]'],
  ['```py\nprint(1)\n```', '[pre(py):print(1)]'],
  ['`x` ~~y~~', '[code:x] [strikethrough:y]'],
  [
    '[text](https://x.org) ![alt](https://x.org/i.png)',
    '[text_link(https://x.org):text] [text_link(https://x.org/i.png):alt]',
  ],
  ['[text](javascript:x) and [file](/etc/passwd)', 'text (javascript:x) and file (/etc/passwd)'],
  ['a\n\n---\n\nb', 'a\n\n———\n\nb'],
  ['a <b>c</b> d', 'a <b>c</b> d'],
  ['<div>\nx\n</div>', '<div>\nx\n</div>'],
  ['| a | b |\n|---|--:|\n| **1** | 22 |\n| ёж | 3 |', '[pre():a  │  b\n───┼───\n1  │ 22\nёж │  3]'],
  ['**not closed', '**not closed'],
  ['see [1] and [2]: x', 'see [1] and [2]: x'],
  ['a\\*b &amp; c', 'a*b & c'],
  // Names and sums from code, which models also write outside code.
  ['edit __init__.py, __main__ and a.__dict__', 'edit __init__.py, __main__ and a.__dict__'],
  ['x.__my_name__ and __my_call__(x)', 'x.__my_name__ and __my_call__(x)'],
  ['2*3*4=24, 2**3**2', '2*3*4=24, 2**3**2'],
  ['__Note__ and __a b__, __x__!', '[bold:Note] and [bold:a b], [bold:x]!'],
  ['**__init__** [__main__.py](https://x.org)', '[bold:__init__] [text_link(https://x.org):__main__.py]'],
  ['**1** 2 *3* **4**: 5', '[bold:1] 2 [italic:3] [bold:4]: 5'],
  ['', ''],
])('%j is %j', (markdown, expected) => {
  expect(read(markdown)).toBe(expected);
});

describe('any model output', () => {
  const reply =
    '# T\n\n1. **a** `b`\n   - c\n\n> q *i* [l](https://x.org)\n\n```js\nx\n```\n\n| a |\n|---|\n| b |\n\n👋 ~~s~~';

  test('can be shown at every cut', () => {
    for (let length = 0; length <= reply.length; length += 1) {
      const { text, entities } = formatReply(reply.slice(0, length));
      for (const entity of entities) expect(entity.offset + entity.length).toBeLessThanOrEqual(text.length);
    }
  });

  test('never makes it fail', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '*',
          '_',
          '`',
          '```',
          '\n',
          '> ',
          '- ',
          '1. ',
          '# ',
          '[',
          '](',
          ')',
          '|',
          '---',
          '<',
          '&',
          '\\',
          '~~',
          '    ',
        ),
        fc.string({ unit: 'grapheme', maxLength: 5 }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(pieces, (written) => {
        const { text, entities } = formatReply(written.join(''));
        for (const { offset, length } of entities) {
          expect(length).toBeGreaterThan(0);
          expect(offset + length).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '>'.repeat(20_000),
    '- '.repeat(10_000),
    '*a'.repeat(30_000),
    '[a]('.repeat(15_000),
    '| a '.repeat(10_000),
    '**a '.repeat(2_400),
  ])('made to be slow is not slow: %#', { timeout: 5_000 }, (markdown) => {
    expect(formatReply(markdown).text).not.toBe('');
  });
});

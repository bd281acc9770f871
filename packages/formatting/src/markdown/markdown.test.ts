import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error.ts';
import { parseFormatted } from '../parse-formatted.ts';
import { shown } from '../testing/shown.ts';

const parse = (source: string) => parseFormatted(source, 'markdown');

/** The text with its entities in brackets. */
const read = (source: string) => shown(parse(source));

function fault(source: string): FormatError {
  try {
    parse(source);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error(`${source} was taken`);
}

test.each([
  ['**bold**', '[bold:bold]'],
  ['__bold__', '[bold:bold]'],
  ['*italic* and _italic_', '[italic:italic] and [italic:italic]'],
  ['***both***', '[bold:[italic:both]]'],
  ['**bold *and italic***', '[bold:bold [italic:and italic]]'],
  ['*italic **and bold***', '[italic:italic [bold:and bold]]'],
  ['~~gone~~ ||hidden||', '[strikethrough:gone] [spoiler:hidden]'],
  ['`a*b*c`', '[code:a*b*c]'],
  ['`` ` `` and `` a`b ``', '[code:`] and [code:a`b]'],
  ['```ts\nlet x = 1;\n\n*p\n```', '[pre(ts):let x = 1;\n\n*p]'],
  ['````\n```\n````', '[pre():```]'],
  ['[text](https://x.org/a_b_c)', '[text_link(https://x.org/a_b_c):text]'],
  ['[**bold** text](https://x.org)', '[text_link(https://x.org):[bold:bold] text]'],
  ['[a [b] c](https://x.org/(1))', '[text_link(https://x.org/(1)):a [b] c]'],
  ['[her](tg://user?id=77)', '[text_mention(77):her]'],
  ['[`code`](https://x.org)', '[text_link(https://x.org):code]'],
  ['> quoted\n> **more**\nnot', '[blockquote:quoted\n[bold:more]]\nnot'],
  ['> a\n>\n> b', '[blockquote:a\n\nb]'],
  ['**a `b` c**', '[bold:a] [code:b] [bold:c]'],
  ['👋 **Привет**', '👋 [bold:Привет]'],
  ['**a**b**c**', '[bold:a]b[bold:c]'],
  ['  **x**  ', '[bold:x]'],
])('%j is %j', (source, expected) => {
  expect(read(source)).toBe(expected);
});

test.each([
  'snake_case_words and __init__.py'.replace('__init__', 'x__init__x'),
  '2 * 3 * 4 = 24',
  'a * b',
  'a _ b',
  '5* hotel',
  'a || b && c',
  '~/.config and ~5',
  '# no heading',
  '- no list\n- really\n  1. not',
  '---',
  '    no code',
  'a <b>tag</b> &amp; more',
  'line one\nline two\n\n\nafter two blank lines',
  'https://example.org/a_b_c/_d_/x*y*z and on',
  '(see https://example.org/_x_)',
  '[not a link] [x]: y',
  '****',
  'C:\\dir\\file',
  '|x|',
])('%j is plain text', (source) => {
  expect(parse(source)).toEqual({ text: source.trim(), entities: [] });
});

test.each([
  ['\\*not\\*', '*not*'],
  ['\\`\\[\\]\\_\\|\\~\\>\\#\\\\', '`[]_|~>#\\'],
])('%j is the plain %j', (source, text) => {
  expect(parse(source)).toEqual({ text, entities: [] });
});

test.each([
  [
    'a **b',
    1,
    3,
    /`\*\*` at line 1, column 3: it is never closed: close it, or write \\\*\\\* for plain characters/,
  ],
  ['ok\n*b', 2, 1, /never closed/],
  ['ok\nx ~~b', 2, 3, /never closed/],
  ['ok\n\n||b', 3, 1, /never closed/],
  ['x `code', 1, 3, /write \\`/],
  ['x\n```\ncode', 2, 1, /code block is never closed/],
  ['> a\n> `b', 2, 3, /never closed/],
  ['[x](https://x.org', 1, 1, /never closed/],
  ['[x](javascript:alert(1))', 1, 5, /must begin with http/],
  ['[x](/relative)', 1, 5, /must begin with http/],
  ['[](https://x.org)', 1, 1, /no text/],
  ['a** b', 1, 2, /closes nothing/],
  ['**a *b** c*', 1, 5, /not closed before/],
  ['**a\n\nb**', 1, 1, /never closed/],
])('%j is refused at line %i, column %i', (source, line, column, message) => {
  const { line: atLine, column: atColumn, message: said } = fault(source);
  expect([atLine, atColumn]).toEqual([line, column]);
  expect(said).toMatch(message);
});

describe('any text', () => {
  const punctuation = /[!-/:-@[-`{-~]/g;

  test('keeps every character when its punctuation is escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(parse(text.replace(punctuation, '\\$&'))).toEqual({ text: text.trim(), entities: [] });
      }),
    );
  });

  test('made of markup is either refused with a position in it, or all its entities are inside it', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '*',
        '**',
        '_',
        '__',
        '~~',
        '||',
        '`',
        '```',
        '\n',
        '> ',
        '[',
        '](',
        ')',
        'https://x.org',
        'a',
        ' ',
        '👋',
        '\\',
        '.',
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(pieces, (written) => {
        const source = written.join('');
        try {
          const { text, entities } = parse(source);
          expect(text).toBe(text.trim());
          for (const { offset, length } of entities) {
            expect(length).toBeGreaterThan(0);
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(offset + length).toBeLessThanOrEqual(text.length);
          }
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          expect(error.offset).toBeLessThanOrEqual(source.length);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

test.each([
  '*'.repeat(60_000),
  '*a '.repeat(20_000),
  'a* '.repeat(20_000),
  '_a'.repeat(30_000),
  '['.repeat(60_000),
  '[a]('.repeat(15_000),
  '`'.repeat(60_000),
  '` `` '.repeat(12_000),
  '> '.repeat(30_000),
  '>\n'.repeat(30_000),
  '\\'.repeat(60_000),
  '**a** '.repeat(10_000),
])('input made to be slow is not slow: %#', { timeout: 5_000 }, (source) => {
  try {
    parse(source);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
});

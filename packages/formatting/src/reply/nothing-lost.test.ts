import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../testing/commonmark.ts';
import { shown } from '../testing/shown.ts';
import { formatReply } from './format-reply.ts';

/** Every word and address that a page with this HTML shows. */
function wordsOf(html: string): string[] {
  const text = html
    .replaceAll(/<[^>]*?(?:href|src)="([^"]*)"[^>]*>/g, ' $1 ')
    .replaceAll(/<!--[\s\S]*?-->|<[?!][^>]*>/g, ' ')
    .replaceAll(/<\/?[A-Za-z][^>]*>/g, ' ');
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Removes differences in how addresses are encoded: percent-encoding and HTML references. */
function plain(text: string): string {
  const unescaped = text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('https://x.org/', '/');
  try {
    return decodeURIComponent(unescaped);
  } catch {
    return unescaped;
  }
}

function lostWords(markdown: string, html: string): string[] {
  const { text, entities } = formatReply(markdown);
  const addresses = entities.map((entity) => (entity.type === 'text_link' ? entity.url : ''));
  const found = [text, ...addresses].map(plain).join('\n');
  return wordsOf(html).filter((word) => !found.includes(plain(word)));
}
/** Examples whose markup is parsed here but not in CommonMark, or the reverse. They lose markup, but no word. */
const PARSED_DIFFERENTLY: Readonly<Record<string, readonly number[]>> = {
  'indented text is plain, so markup in it is parsed': [18, 36, 110, 134],
  'definitions of links are text, so the following text is not a paragraph of its own': [216],
  'references are text, so emphasis can cross them': [534, 535],
};

describe('a reply keeps everything that its model wrote', () => {
  test('in CommonMark’s examples: every word and address is in the message', () => {
    const losing = EXAMPLES.filter(({ markdown, html }) => lostWords(markdown, html).length > 0);
    expect(losing.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
      Object.values(PARSED_DIFFERENTLY)
        .flat()
        .toSorted((a, b) => a - b),
    );
  });

  // Examples of GitHub's extensions, and of other markup that models write.
  test.each([
    ['| foo | bar |\n| --- | --- |\n| baz | bim |', 'foo bar baz bim'],
    ['| abc | defghi |\n:-: | -----------:\nbar | baz', 'abc defghi bar baz'],
    ['| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |', 'f|oo b | az im'],
    ['| abc | def |\n| --- | --- |\n| bar | baz |\n> bar', 'abc def bar baz'],
    ['| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |', 'abc def bar baz boo'],
    ['| a |\n|---|\n| b | c | d \\| e | `f` |', 'a b c d | e f'],
    ['> | a |\n> |---|\n> | b | beyond |', 'a b beyond'],
    ['- x\n\n  | a |\n  |---|\n  | b | beyond |', 'x a b beyond'],
    ['| abc | def |\n| --- |\n| bar |', 'abc def bar'],
    ['| a |\n|---|\nfoo', 'a foo'],
    [
      '| link |\n|---|\n| [x](https://x.org/cell) ![i](https://x.org/i.png) <https://y.org> |',
      'link x https://x.org/cell i https://x.org/i.png https://y.org',
    ],
    ['| a |\n|---|\n| one<br>two<br/>three |', 'one two three'],
    ['~~Hi~~ Hello, ~there~ world!', 'Hi Hello, ~there~ world!'],
    ['- [ ] foo\n- [x] bar\n  - [X] baz', '☐ foo ☑ bar baz'],
    ['1. [ ] first\n2. [x] second', '1. ☐ first 2. ☑ second'],
    [
      'www.commonmark.org https://encrypted.google.com/search?q=(business))+ok foo@bar.baz',
      'www.commonmark.org https://encrypted.google.com/search?q=(business))+ok foo@bar.baz',
    ],
    ['<https://x.org/a_b_c> and <a@b.org>', 'https://x.org/a_b_c and a@b.org'],
    ['https://en.wikipedia.org/wiki/Foo_(bar)_baz*qux*', 'https://en.wikipedia.org/wiki/Foo_(bar)_baz'],
    [
      'https://x.org/_a_/*b*/c and **https://y.org/_z_x**, http://z.org/~~q~~r',
      'https://x.org/_a_/*b*/c https://y.org/_z_x, http://z.org/~~q~~r',
    ],
    [
      '[https://x.org/_a_b](https://x.org/_a_b) tg://resolve?domain=_a_b',
      'https://x.org/_a_b tg://resolve?domain=_a_b',
    ],
    ['Fact.[^1]\n\n[^1]: The *source*, https://x.org', '[^1] [^1]: The source https://x.org'],
    ['[1]: https://x.org "Title"\n\nSee [this][1].', '[1]: https://x.org "Title" [this][1]'],
    ['[text](/relative "t") ![](pic.png) [](https://x.org)', 'text (/relative) pic.png https://x.org'],
    ['[![badge](https://x.org/b.svg)](https://x.org/ci)', 'badge https://x.org/b.svg https://x.org/ci'],
    ['[x](#anchor) [y](mailto:a@b.org) [z](ftp://x.org/f)', '#anchor mailto:a@b.org ftp://x.org/f'],
    [
      '<details>\n<summary>More</summary>\n\nhidden **text**\n\n</details>',
      '<details> More hidden text </details>',
    ],
    ['<!-- note --> a<br>b <kbd>Ctrl</kbd> H<sub>2</sub>O', '<!-- note --> a b Ctrl 2'],
    ['Inline \\(x_1 + \\frac{a}{b}\\) and $$\\sum_{i} *i*$$', '\\(x_1 + \\frac{a}{b}\\) $$\\sum_{i} *i*$$'],
    ['\\[\nE = mc^2 \\\\\n\\]', '\\[ E = mc^2 \\\\ \\]'],
    ['$a_1$ costs $5 * 3', '$a_1$ $5 * 3'],
    ['\\*literal\\* \\_ \\# \\`', '*literal* _ # `'],
    ['10. ten\n11. eleven\n\n3) three', '10. ten 11. eleven 3) three'],
    [
      '* a\n    1. b\n        - c\n\n          code\n          ```py\n          x = 1\n          ```',
      'a 1. b c code x = 1',
    ],
    ['Term\n: definition', 'Term : definition'],
    ['Title\n=====\nSub\n---\n###### six', 'Title Sub six'],
    ['a  \nb\\\nc', 'a b c'],
    ['&copy; &nbsp;&#x1F44B; &unknown;', '© 👋 &unknown;'],
    ['> [!NOTE]\n> careful', '[!NOTE] careful'],
    ['```mermaid\ngraph TD\n```\n~~~\ntilde\n~~~', 'graph TD tilde'],
    ['```\nnever closed', 'never closed'],
    ['<script>alert(1)</script>\n<style>p{}</style>', '<script>alert(1)</script> <style>p{}</style>'],
    [`${'> '.repeat(150)}deep`, 'deep'],
    [`${'- '.repeat(150)}deep`, 'deep'],
    [`${'*a '.repeat(150)}${'b* '.repeat(150)}`, 'a b'],
    [`${'['.repeat(150)}x${'](https://x.org)'.repeat(150)}`, 'x https://x.org'],
    ['[]()', '[]()'],
    ['&#32;', '&#32;'],
    ['[a](<>)', 'a'],
    ['😀 **x**\u0000y', 'x y'],
  ])('in %j', (markdown, words) => {
    const { text, entities } = formatReply(markdown);
    const found = [text, ...entities.map((entity) => (entity.type === 'text_link' ? entity.url : ''))].join(
      '\n',
    );
    for (const word of words.split(' ')) expect(found).toContain(word);
  });
});

describe('a table of a reply', () => {
  test.each([
    [
      '| 名前 | n |\n|---|--:|\n| 東京 | 1 |\n| a | 22 |',
      '[pre():名前 │  n\n─────┼───\n東京 │  1\na    │ 22]',
    ],
    ['| 👍 | b |\n|---|---|\n| ok | 👨‍👩‍👧 |', '[pre():👍 │ b\n───┼───\nok │ 👨‍👩‍👧]'],
    ['| e\u0301 | b |\n|---|---|\n| xy | c |', '[pre():e\u0301  │ b\n───┼──\nxy │ c]'],
    ['| a | b |\n|---|---|\n| one<br>two | x |', '[pre():a   │ b\n────┼──\none │ x\ntwo │]'],
    ['| a |\n|:-:|\n| mid |\n| x |', '[pre():a\n───\nmid\n x]'],
    ['| a |\n|---|\n| b | c |', '[pre():a │\n──┼──\nb │ c]'],
  ])('%j is %j', (markdown, expected) => {
    expect(shown(formatReply(markdown))).toBe(expected);
  });

  test('with one very wide cell is not padded, which would multiply its size', () => {
    const markdown = `| a | b |\n|---|---|\n| ${'x'.repeat(20_000)} | y |\n${'| a | b |\n'.repeat(1_000)}`;
    expect(formatReply(markdown).text.length).toBeLessThan(2 * markdown.length);
  });
});

test.each([
  ['a<br>b<br />c', 'a\nb\nc'],
  ['<br>\n\nx', 'x'],
  ['- a<br>b', '• a\n  b'],
])('an HTML line break becomes a line break: %j', (markdown, expected) => {
  expect(shown(formatReply(markdown))).toBe(expected);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormatError } from './format-error.ts';
import { parseFormatted } from './parse-formatted.ts';
import { shown } from './testing/shown.ts';

const parse = (source: string) => parseFormatted(source, 'html');

test.each([
  ['<b>a</b><strong>b</strong>', '[bold:ab]'],
  ['<i>a</i> <em>b</em>', '[italic:a] [italic:b]'],
  ['<u>a</u> <ins>b</ins>', '[underline:a] [underline:b]'],
  ['<s>a</s> <strike>b</strike> <del>c</del>', '[strikethrough:a] [strikethrough:b] [strikethrough:c]'],
  ['<span class="tg-spoiler">a</span> <tg-spoiler>b</tg-spoiler>', '[spoiler:a] [spoiler:b]'],
  ['<code>a &lt; b</code>', '[code:a < b]'],
  ['<pre>a\n  b</pre>', '[pre():a\n  b]'],
  ['<pre><code class="language-ts">let x</code></pre>', '[pre(ts):let x]'],
  ['<a href="https://x.org/?a=1&amp;b=2">x</a>', '[text_link(https://x.org/?a=1&b=2):x]'],
  ["<a href='https://x.org'>x</a>", '[text_link(https://x.org):x]'],
  ['<a href=https://x.org>x</a>', '[text_link(https://x.org):x]'],
  ['<a>https://x.org</a>', '[text_link(https://x.org):https://x.org]'],
  ['<a href="tg://user?id=5">x</a>', '[text_mention(5):x]'],
  ['<blockquote>a</blockquote>', '[blockquote:a]'],
  ['<blockquote expandable>a</blockquote>', '[blockquote(expandable):a]'],
  ['<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', '[custom_emoji(5368324170671202286):👍]'],
  ['a<br>b<br/>c', 'a\nb\nc'],
  ['<B>a</B>', '[bold:a]'],
  ['<b>a <i>b</i></b> <u>👋</u>', '[bold:a [italic:b]] [underline:👋]'],
  ['<b>  spaces  </b>x', '[bold:spaces]  x'],
  ['<b> </b>x', 'x'],
  ['&lt;b&gt; &amp; &quot;&apos;&nbsp;&#65;&#x42;&#x1F44B;', `<b> & "'\u00a0AB👋`],
  ['Tom & Jerry; R&D', 'Tom & Jerry; R&D'],
  ['a > b', 'a > b'],
])('%j is %j', (source, expected) => {
  expect(shown(parse(source))).toBe(expected);
});

test.each([
  ['a < b', 1, 3, /does not start a tag: write &lt;/],
  ['x\n<b>y', 2, 1, /<b> at line 2, column 1: it is never closed: write <\/b>/],
  ['<b><i>x</b></i>', 1, 8, /the open tag is <i>/],
  ['x</b>', 1, 2, /no such tag is open/],
  ['<p>x</p>', 1, 1, /not supported/],
  ['<script>x</script>', 1, 1, /not supported/],
  ['<constructor>x</constructor>', 1, 1, /not supported/],
  ['<b class="x">y</b>', 1, 1, /may not have the attribute class/],
  ['<a href="javascript:x">y</a>', 1, 1, /must begin with http/],
  ['<a href="x" href="y">z</a>', 1, 1, /twice/],
  ['<span>x</span>', 1, 1, /tg-spoiler/],
  ['<tg-emoji>x</tg-emoji>', 1, 1, /emoji-id/],
  ['<blockquote><blockquote>x</blockquote></blockquote>', 1, 13, /inside another quote/],
  ['<!-- x -->', 1, 1, /does not start a tag/],
  ['&copy;', 1, 1, /write &amp;/],
  ['a&#0;', 1, 2, /write &amp;/],
  ['&#xD800;', 1, 1, /write &amp;/],
  ['<b', 1, 1, /does not start a tag/],
])('%j is refused at line %i, column %i', (source, line, column, message) => {
  expect(() => parse(source)).toThrow(
    expect.objectContaining({ line, column, message: expect.stringMatching(message) }),
  );
});

test('escaped text keeps every character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      expect(parse(escaped)).toEqual({ text: text.trim(), entities: [] });
    }),
  );
});

test.each([
  '<b>'.repeat(20_000),
  '<b>x</b>'.repeat(8_000),
  '<b    '.repeat(10_000),
  '<a '.repeat(20_000),
  `<b ${'a '.repeat(30_000)}`,
  '&'.repeat(60_000),
  '<a>https://x.org/</a>'.repeat(3_000),
  '<code>x</code><b>y</b>'.repeat(3_000),
])('input made to be slow is not slow: %#', { timeout: 5_000 }, (source) => {
  try {
    parse(source);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
});

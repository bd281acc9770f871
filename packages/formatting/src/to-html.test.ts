import { describe, expect, test } from 'vitest';
import { formatText } from './format-text.ts';
import { toHtml } from './to-html.ts';

describe('toHtml', () => {
  test.each([
    'a <b>bold</b> &amp; <i>italic</i> &lt;word&gt;',
    '<b>one <i>two</i></b><u>three</u>',
    '<pre><code class="language-ts">const a = "&amp;";</code></pre>',
    '<pre>plain</pre>',
    '<a href="https://example.com/?a=1&amp;b=2">a link</a>',
    '<a href="tg://user?id=123">a person</a>',
    '<blockquote expandable>quoted <s>text</s></blockquote>',
    '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji> <tg-spoiler>secret</tg-spoiler>',
  ])('writes what the parser reads: %s', (html) => {
    const parsed = formatText(html, 'html');
    if ('fault' in parsed) throw new Error(parsed.fault);
    expect(toHtml(parsed.text, parsed.entities)).toBe(html);
  });

  test('cuts entities that overlap', () => {
    const entities = [
      { type: 'bold', offset: 0, length: 3 },
      { type: 'italic', offset: 1, length: 4 },
    ];
    expect(toHtml('abcde', entities)).toBe('<b>a<i>bc</i></b><i>de</i>');
  });

  test('leaves out what is no format, and what lies outside the text', () => {
    const entities = [
      { type: 'hashtag', offset: 0, length: 2 },
      { type: 'bold', offset: 3, length: 90 },
      { type: 'italic', offset: 50, length: 2 },
    ];
    expect(toHtml('#a <b', entities)).toBe('#a <b>&lt;b</b>');
  });
});

import type { Entity } from '@gateway/contracts';
import fc from 'fast-check';
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

  test.each<[string, string, Entity[], string]>([
    ...['javascript:1', 'JavaScript:1', 'java\nscript:1', 'ton://x', 'data:text/html,x', 'x', '/x'].map(
      (url): [string, string, Entity[], string] => [
        `the address ${JSON.stringify(url)}`,
        'link',
        [{ type: 'text_link', offset: 0, length: 4, url }],
        'link',
      ],
    ),
    [
      'a quote inside a quote',
      'outer inner',
      [
        { type: 'blockquote', offset: 0, length: 11, expandable: false },
        { type: 'blockquote', offset: 6, length: 5, expandable: true },
      ],
      '<blockquote>outer inner</blockquote>',
    ],
    [
      'a custom emoji over two emoji, or over none',
      '👍👍 x',
      [
        { type: 'custom_emoji', offset: 0, length: 4, custom_emoji_id: '5' },
        { type: 'custom_emoji', offset: 5, length: 1, custom_emoji_id: '5' },
      ],
      '👍👍 x',
    ],
    [
      'bold inside a code block, and a link inside code',
      'abc def',
      [
        { type: 'pre', offset: 0, length: 3, language: 'two words' },
        { type: 'bold', offset: 1, length: 1 },
        { type: 'code', offset: 4, length: 3 },
        { type: 'text_link', offset: 5, length: 1, url: 'https://example.com' },
      ],
      '<pre>abc</pre> <code>def</code>',
    ],
  ])('leaves out %s, which the parser refuses or drops', (_, text, entities, html) => {
    expect(toHtml(text, entities)).toBe(html);
  });

  test('cuts neither a character nor a custom emoji', () => {
    const family = '👨‍👩‍👧';
    const entities: Entity[] = [
      { type: 'bold', offset: 0, length: 3 },
      { type: 'custom_emoji', offset: 1, length: family.length, custom_emoji_id: '5' },
      { type: 'italic', offset: 4, length: 20 },
      { type: 'underline', offset: 0, length: family.length + 2 },
    ];
    expect(toHtml(`a${family}😀`, entities)).toBe(
      `<u><b>a</b><i><tg-emoji emoji-id="5">${family}</tg-emoji></i></u><i>😀</i>`,
    );
  });

  const URLS = [
    'https://example.com/?a="<&>',
    'tg://user?id=7',
    'javascript:1',
    'ton://x',
    'a b',
    'mailto:a@b.c',
  ];
  const span = { offset: fc.integer({ min: -2, max: 30 }), length: fc.integer({ min: -2, max: 20 }) };
  const entity = fc.oneof(
    fc.record({
      type: fc.constantFrom(
        'bold',
        'italic',
        'underline',
        'strikethrough',
        'spoiler',
        'code',
        'url',
        'toString',
      ),
      ...span,
    }),
    fc.record({ type: fc.constant('pre'), ...span, language: fc.constantFrom('', 'ts', 'a b', '"<&>') }),
    fc.record({
      type: fc.constant('text_link'),
      ...span,
      url: fc.oneof(fc.constantFrom(...URLS), fc.webUrl()),
    }),
    fc.record({ type: fc.constant('text_mention'), ...span, user_id: fc.integer() }),
    fc.record({ type: fc.constant('blockquote'), ...span, expandable: fc.boolean() }),
    fc.record({
      type: fc.constant('custom_emoji'),
      offset: span.offset,
      length: fc.constantFrom(2, 4, 8, 11, 1),
      custom_emoji_id: fc.constantFrom('0', '7', '99999999999999999999'),
    }),
  );
  const piece = fc.constantFrom('a', ' ', '\n', '<', '&', '&lt;', '👍', '👍🏽', '👨‍👩‍👧', '🇩🇪', '"');
  const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

  test('is accepted by the parser, with the same text, whatever the entities', () => {
    fc.assert(
      fc.property(text, fc.array(entity, { maxLength: 12 }), (given, entities) => {
        const html = toHtml(given, entities);
        expect(html.isWellFormed()).toBe(true);
        expect(formatText(html, 'html')).toMatchObject({ text: given.trim() });
      }),
      { numRuns: 500 },
    );
  });
});

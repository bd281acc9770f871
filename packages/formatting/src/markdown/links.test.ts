import { describe, expect, test } from 'vitest';
import { parseFormatted } from '../parse-formatted.ts';
import { formatReply } from '../reply/format-reply.ts';
import { shown } from '../testing/shown.ts';

const READERS = {
  'a person': (source: string) => shown(parseFormatted(source, 'markdown')),
  'a model': (source: string) => shown(formatReply(source)),
};

const strict = (source: string) => () => parseFormatted(source, 'markdown');

describe.each(Object.entries(READERS))('links and images of %s', (_who, read) => {
  test.each([
    ['![👍](tg://emoji?id=5368324170671202286)', '[custom_emoji(5368324170671202286):👍]'],
    ['a ![👨‍👩‍👧‍👦](tg://emoji?id=1) b', 'a [custom_emoji(1):👨‍👩‍👧‍👦] b'],
    [
      '![🇩🇪](tg://emoji?id=2)![1️⃣](tg://emoji?id=3)![❤](tg://emoji?id=4)',
      '[custom_emoji(2):🇩🇪][custom_emoji(3):1️⃣][custom_emoji(4):❤]',
    ],
    ['**![👍](tg://emoji?id=1)**', '[bold:[custom_emoji(1):👍]]'],
    ['[a ![👍](tg://emoji?id=1)](https://x.org)', '[text_link(https://x.org):a [custom_emoji(1):👍]]'],
    ['![img](https://x.org/i.png)', '[text_link(https://x.org/i.png):img]'],
    ['hey![img](https://x.org/i.png)', 'hey[text_link(https://x.org/i.png):img]'],
    ['[a](https://a.b "title")', '[text_link(https://a.b):a]'],
    ["[a](https://a.b 'title')", '[text_link(https://a.b):a]'],
    ['[a](https://a.b (title))', '[text_link(https://a.b):a]'],
    ['[a](https://a.b "a \\"title\\" of it")', '[text_link(https://a.b):a]'],
    ['[a](https://a.b\n"title")', '[text_link(https://a.b):a]'],
    ['[a](  https://a.b  )', '[text_link(https://a.b):a]'],
    ['[a](<https://a.b> "title")', '[text_link(https://a.b):a]'],
    ['[a](<https://a.b/c d>)', '[text_link(https://a.b/c%20d):a]'],
    ['[a](<https://a.b/(>)', '[text_link(https://a.b/():a]'],
    ['[a](https://a.b/\\))', '[text_link(https://a.b/)):a]'],
    ['<https://a.b/c_d_e>', '[text_link(https://a.b/c_d_e):https://a.b/c_d_e]'],
    ['wow! [a](https://a.b)', 'wow! [text_link(https://a.b):a]'],
    ['a!', 'a!'],
    ['![not an image]', '![not an image]'],
  ])('%j is %j', (source, expected) => {
    expect(read(source)).toBe(expected);
  });
});

test.each([
  ['[a](https://a.b/c d)', /the address ends here, and only a title in quotes may follow: write %20/],
  ['[a](<https://a.b>c)', /the address ends here/],
  ['[a](https://a.b\u0000)', /the address ends here/],
  ['[a](https://a.b "title)', /the title is not closed/],
  ['[a](https://a.b "title" x)', /the title is not closed/],
  ['[a](<https://a.b)', /its `<` is never closed: close it with `>`/],
  ['[a](https://a.b', /never closed/],
  ['[a](/path)', /must begin with http/],
  ['[a]()', /must begin with http/],
  ['[a](https://)', /not a valid address/],
  [`[a](https://a.b/${'x'.repeat(2_048)})`, /at most 2048 bytes/],
  ['[a](tg://user?id=0)', /its id must be a number from 1 to 1099511627775/],
  ['[a](tg://user?id=-1)', /its id must be a number from 1 to 1099511627775/],
  ['[a](tg://user?id=)', /its id must be a number from 1 to 1099511627775/],
  ['[a](tg://user?id=1e3)', /its id must be a number from 1 to 1099511627775/],
  ['[a](tg://user?id=0x10)', /its id must be a number from 1 to 1099511627775/],
  ['[a](tg://user?id=123456789012345678901)', /its id must be a number from 1 to 1099511627775/],
  ['[a](tg://user?id=1099511627776)', /its id must be/],
  ['[a](tg://user?id=99999999999999999999)', /its id must be/],
  ['[a [b](https://x.org) c](https://y.org)', /a link must not be inside another link/],
  ['[![a](https://x.org/i.png)](https://y.org)', /an image must not be inside a link/],
  ['![](https://x.org)', /no text/],
  ['![👍](tg://emoji?id=0)', /a number from 1 to 9223372036854775807/],
  ['![👍](tg://emoji?id=9223372036854775808)', /a number from 1 to/],
  ['![👍](tg://emoji?id=-1)', /a number from 1 to/],
  ['![👍](tg://emoji?id=abc)', /a number from 1 to/],
  ['![👍](tg://emoji?id=)', /a number from 1 to/],
  ['![ok](tg://emoji?id=1)', /exactly one emoji/],
  ['![👍👍](tg://emoji?id=1)', /exactly one emoji/],
  ['![1](tg://emoji?id=1)', /exactly one emoji/],
  ['![](tg://emoji?id=1)', /exactly one emoji/],
])('%j for a person is refused with the actual fault', (source, message) => {
  expect(strict(source)).toThrow(message);
});

test.each([
  ['x `code', '"`" at line'],
  ['x ``code', '"``" at line'],
  ['```\ncode', '"```" at line'],
  ['**x', '`**` at line'],
])('the fault of %j quotes the markup as written', (source, start) => {
  expect(strict(source)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(new RegExp(`^${start.replaceAll('*', '\\*')}`)),
    }),
  );
});

test.each([
  ['<tg-emoji emoji-id="9223372036854775808">👍</tg-emoji>', /a number from 1 to 9223372036854775807/],
  ['<tg-emoji emoji-id="0">👍</tg-emoji>', /a number from 1 to/],
  ['<tg-emoji emoji-id="5">ok</tg-emoji>', /exactly one emoji/],
  ['<tg-emoji emoji-id="5"></tg-emoji>', /exactly one emoji/],
  ['<a href="tg://user?id=1099511627776">x</a>', /its id must be a number/],
  [`<a href="https://a.b/${'x'.repeat(2_048)}">x</a>`, /at most 2048 bytes/],
])('%j is refused with the actual fault', (source, message) => {
  expect(() => parseFormatted(source, 'html')).toThrow(message);
});

test('a model’s custom emoji that Telegram would refuse keeps its text and address', () => {
  expect(shown(formatReply('![ok](tg://emoji?id=1)'))).toBe('[text_link(tg://emoji?id=1):ok]');
});

import { expect, test } from 'vitest';
import { withDetectedEntities } from './detect-entities.ts';

function detected(text: string): string[] {
  return withDetectedEntities(text, []).map(
    ({ kind, offset, length }) =>
      `${kind.replace('messageEntity', '')} ${text.slice(offset, offset + length)}`,
  );
}

test.each([
  ['see https://example.org/a?b=(c), and', ['Url https://example.org/a?b=(c']],
  ['«http://пример.рф/путь»!', ['Url http://пример.рф/путь']],
  [
    'example.com, t.me/durov and sub.example.org:8080/x.',
    ['Url example.com', 'Url t.me/durov', 'Url sub.example.org:8080/x'],
  ],
  ['file.txt, 1.5, e.g. this, node.js', []],
  ['write to a.b+c@example.org.', ['Email a.b+c@example.org']],
  ['@durov (@a_b1) x@y me@', ['Mention @durov', 'Mention @a_b1']],
  ['#тег #2024 #a1 a#b', ['Hashtag #тег', 'Hashtag #a1']],
  ['$USD $usd $5', ['Cashtag $USD']],
  [
    '/start@some_bot /help, and/or https://a.com/start',
    ['BotCommand /start@some_bot', 'BotCommand /help', 'Url https://a.com/start'],
  ],
])('in %j', (text, entities) => {
  expect(detected(text)).toEqual(entities);
});

test('nothing is detected in code and in links, but in bold text', () => {
  const text = '@durov';
  const given = (kind: string) => [{ kind: `messageEntity${kind}`, offset: 0, length: 6 }];
  expect(withDetectedEntities(text, given('Code'))).toHaveLength(1);
  expect(withDetectedEntities(text, given('TextUrl'))).toHaveLength(1);
  expect(withDetectedEntities(text, given('Bold'))).toHaveLength(2);
});

test('the longest texts are handled', () => {
  for (const part of ['a', 'a.', '@a', '#', '/', 'a-', 'https://', 'a@'])
    withDetectedEntities(part.repeat(4_096 / part.length), []);
});

test('a text has at most 100 of them', () => {
  expect(withDetectedEntities('@durov '.repeat(500), [])).toHaveLength(100);
});

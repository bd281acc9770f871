import { describe, expect, test } from 'vitest';
import { ThinkingFilter, withoutUnopenedThoughts } from './thinking.ts';

function filtered(pieces: Iterable<string>): string {
  const filter = new ThinkingFilter();
  let reply = '';
  for (const piece of pieces) reply += filter.push(piece);
  return reply + filter.end();
}

describe('reasoning at the start is removed, however the text is cut', () => {
  test.each([
    ['<think>hm</think>Answer', 'Answer'],
    ['\n\n <think>\nhm\n</think>\n\nAnswer', 'Answer'],
    ['<think>\n\n</think>\n\nAnswer', 'Answer'],
    ['<THINK>hm</Think>Answer', 'Answer'],
    ['<thinking>a</thinking><think>b</think>\nAnswer', 'Answer'],
    ['<reasoning>a < b, </think> is no end</reasoning>Answer', 'Answer'],
    ['<thought>a</thought>Answer', 'Answer'],
    ['<reason>a</reason>Answer', 'Answer'],
    ['<seed:think>a</seed:think>Answer', 'Answer'],
    ['<|begin_of_thought|>a<|end_of_thought|>Answer', 'Answer'],
    ['◁think▷a◁/think▷Answer', 'Answer'],
    ['[THINK]a[/THINK]Answer', 'Answer'],
    ['<REASONING_SCRATCHPAD>a</REASONING_SCRATCHPAD>Answer', 'Answer'],
    ['<|START_THINKING|>a<|END_THINKING|>Answer', 'Answer'],
    ['<|channel>thought\na<channel|>Answer', 'Answer'],
    ['<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Answer', 'Answer'],
    ['<think>İİİİ 👋</think>Answer 👋', 'Answer 👋'],
    ['<think>never closed', ''],
    ['<think>never closed</thin', ''],
    ['<think>a</think>', ''],
    ['<think>a</think>Answer about <think>tags</think>.', 'Answer about <think>tags</think>.'],
  ])('%j', (text, reply) => {
    expect(filtered([text])).toBe(reply);
    expect(filtered(text)).toBe(reply);
    for (let at = 1; at < text.length; at += 1)
      expect(filtered([text.slice(0, at), text.slice(at)])).toBe(reply);
  });
});

describe('any other text is unchanged', () => {
  test.each([
    'Answer <think>not at the beginning</think>',
    ' \n indented',
    '<thin',
    '<b>bold</b>',
    '<thinkpad>a laptop</thinkpad>',
    '`<think>` is a tag',
    '[THIN ice]',
    '<',
    ' ',
    '',
    ' '.repeat(2_000),
  ])('%j', (text) => {
    expect(filtered([text])).toBe(text);
    expect(filtered(text)).toBe(text);
  });
});

test('a text without reasoning is not delayed', () => {
  const filter = new ThinkingFilter();
  expect(filter.push('H')).toBe('H');
  const tag = new ThinkingFilter();
  expect([tag.push('<'), tag.push('t'), tag.push('d>')]).toEqual(['', '', '<td>']);
});

describe('reasoning with an end tag only', () => {
  test.each([
    ['hm, so\n</think>\n\nAnswer', 'Answer'],
    ['hm, so.</think>Answer', 'Answer'],
    ['hm, so\n</think>Answer', 'Answer'],
    ['hm</think>\n\n**Answer**', '**Answer**'],
    ['嗯。</think>\r\n\r\n回答', '回答'],
  ])('%j', (reply, rest) => {
    expect(withoutUnopenedThoughts(reply)).toBe(rest);
  });

  test.each([
    'The model ends its thoughts with </think> and goes on.',
    'It ends them with `</think>`.\n\nThen it goes on.',
    '```\nhm\n</think>\n\nAnswer\n```',
    '用</think>标签',
    'It writes <think>\nhm\n</think>\n\nand goes on.',
    'hm\n</think>\n',
    'no tag',
  ])('a reply that mentions the tag is unchanged: %j', (reply) => {
    expect(withoutUnopenedThoughts(reply)).toBe(reply);
  });
});

test('many reasoning blocks in a row are removed', () => {
  expect(filtered([`${'<think></think>'.repeat(40_000)}Answer`])).toBe('Answer');
});

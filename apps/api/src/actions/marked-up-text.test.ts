import { MAX_TEXT_LENGTH } from '@gateway/contracts';
import { FORMAT_THREAD, type FormatOutcome, type Markup } from '@gateway/formatting';
import { BoundedThreads, silentLogger, type ThreadBounds } from '@gateway/runtime';
import { describe, expect, test } from 'vitest';
import { formatMarkup, formatModelText } from './marked-up-text.ts';

const format = (text: string) => formatModelText(text, silentLogger());

test('a text is formatted in a thread as it is at once', async () => {
  const paragraph = '**bold** and `code`, 文本 **重要：**请注意\n\n';
  const short = await format(paragraph);
  const long = await format(paragraph.repeat(400));
  expect(long.entities).toHaveLength(400 * short.entities.length);
  expect(long.entities.slice(0, 3)).toEqual(short.entities);
});

test('a long text leaves the event loop to others', async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const { text } = await format(`${'- '.repeat(30_000)}a`);
  clearImmediate(timer);
  expect(text).toContain('a');
  expect(turns).toBeGreaterThan(10);
});

test('a text that formatting would make longer than may be sent goes out as it is written', async () => {
  const rows = `| ${'x'.repeat(100)} | b |\n|---|---|\n${'|a|b|\n'.repeat(500)}`;
  const written = `${rows}\n${`${'- '.repeat(40)}a\n${'b\n'.repeat(1_000)}\n`.repeat(5)}\n`.repeat(5);
  expect(written.length).toBeLessThan(MAX_TEXT_LENGTH);
  expect(await format(written)).toEqual({ text: written.trim(), entities: [] });
});

test('a text in which formatting would make too many entities goes out as it is written', async () => {
  const written = '**a** '.repeat(30_000);
  expect(await format(written)).toEqual({ text: written.trim(), entities: [] });
});

const bounds: ThreadBounds = {
  entry: FORMAT_THREAD,
  timeoutMs: 30_000,
  heapMb: 128,
  atOnce: 1,
  maxWaiting: 1,
};

describe.each([
  ['time', { timeoutMs: 0 }],
  ['memory', { heapMb: 8 }],
  ['threads that wait', { maxWaiting: 0 }],
  ['a module that loads', { entry: new URL('nowhere.mjs', import.meta.url) }],
])('without enough %s for a long text', (_what, bound) => {
  const text = '**bold** '.repeat(5_000);
  const formatted = (markup: Markup) =>
    formatMarkup(
      text,
      markup,
      silentLogger(),
      new BoundedThreads<{ text: string; markup: Markup }, FormatOutcome>({ ...bounds, ...bound }),
    );

  test('a model’s goes out as it is written', async () => {
    expect(await formatted('markdown_lenient')).toEqual({ text: text.trim(), entities: [] });
  });

  test('a person’s is formatted all the same', async () => {
    expect(await formatted('markdown')).toMatchObject({ entities: { length: 5_000 } });
  });
});

test.each([
  ['markdown', '**bold**'],
  ['html', '<b>bold</b>'],
] as const)('long %s is formatted in a thread, and its faults are named', async (markup, bold) => {
  const long = `${bold}\n`.repeat(2_000);
  expect(await formatMarkup(long, markup, silentLogger())).toMatchObject({ entities: { length: 2_000 } });
  const broken = `${long}${bold.slice(0, 5)}`;
  expect(await formatMarkup(broken, markup, silentLogger())).toEqual({
    fault: expect.stringMatching(/at line 2001, column 1: it is never closed/),
  });
});

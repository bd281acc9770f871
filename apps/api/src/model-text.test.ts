import type { FormattedText } from '@gateway/contracts';
import { REPLY_THREAD } from '@gateway/formatting';
import { BoundedThreads, silentLogger, type ThreadBounds } from '@gateway/runtime';
import { expect, test } from 'vitest';
import { formatModelText } from './model-text.ts';

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
  const written = `${rows}\n${`${'- '.repeat(40)}a\n${'b\n'.repeat(1_000)}\n`.repeat(5)}`;
  expect(written.length).toBeLessThan(65_536);
  expect(await format(written)).toEqual({ text: written.trim(), entities: [] });
});

const bounds: ThreadBounds = {
  entry: REPLY_THREAD,
  timeoutMs: 30_000,
  heapMb: 128,
  atOnce: 1,
  maxWaiting: 1,
};

test.each([
  ['time', { timeoutMs: 0 }],
  ['memory', { heapMb: 2 }],
  ['threads that wait', { maxWaiting: 0 }],
  ['a module that loads', { entry: new URL('nowhere.mjs', import.meta.url) }],
])('without enough %s a long text goes out as it is written', async (_what, bound) => {
  const threads = new BoundedThreads<string, FormattedText>({ ...bounds, ...bound });
  const text = '**bold** '.repeat(5_000);
  expect(await formatModelText(text, silentLogger(), threads)).toEqual({ text: text.trim(), entities: [] });
});

import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { longListAnswer } from './long-list.ts';

/** Takes a few ms, as a message with many entities does. */
function slow(item: number): object {
  const end = performance.now() + 3;
  while (performance.now() < end);
  return { item, text: 'a"b' };
}

async function answered(items: number[], show: (item: number) => object, fields = {}): Promise<Response> {
  const app = new Hono();
  app.get('/', (c) => longListAnswer(c, { status: 'ok', ...fields }, 'items', items, show));
  return app.request('/');
}

test('a long list is the JSON that it would be at once', async () => {
  for (const items of [[], [1], [1, 2, 3]])
    for (const fields of [{}, { next: null }, { next: '"', total: 3 }]) {
      const answer = await answered(items, (item) => ({ item }), fields);
      expect(answer.headers.get('content-type')).toBe('application/json');
      const shown = items.map((item) => ({ item }));
      expect(await answer.text()).toBe(JSON.stringify({ status: 'ok', items: shown, ...fields }));
    }
});

test('other requests run while a long list is written', async () => {
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await answered(
    Array.from({ length: 40 }, (_, index) => index),
    slow,
  );
  isDone = true;
  expect(turns).toBeGreaterThan(5);
});

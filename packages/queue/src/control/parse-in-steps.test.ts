import { expect, test } from 'vitest';
import * as z from 'zod';
import { parseInSteps } from './parse-in-steps.ts';

const item = z.object({ id: z.int() });
const schema = z.object({ items: z.array(item), next: z.string().nullable().default(null) });

test.each([{ items: [] }, { items: [{ id: 1, other: 2 }, { id: 2 }], next: 'x', other: 1 }])(
  '%j is what the schema makes of it',
  async (value) => {
    expect(await parseInSteps(schema, value)).toEqual(schema.parse(value));
  },
);

test.each([null, 'text', [], {}, { items: 1 }, { items: [{ id: 'x' }] }, { items: [], next: 1 }])(
  '%j is refused, as by the schema',
  async (value) => {
    await expect(parseInSteps(schema, value)).rejects.toThrow(z.ZodError);
  },
);

test('other work runs between the items', async () => {
  const slow = item.refine(() => {
    const end = performance.now() + 3;
    while (performance.now() < end);
    return true;
  });
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await parseInSteps(z.object({ items: z.array(slow) }), {
    items: Array.from({ length: 40 }, (_, id) => ({ id })),
  });
  isDone = true;
  expect(turns).toBeGreaterThan(5);
});

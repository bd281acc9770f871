import { Pauses } from '@gateway/runtime';
import * as z from 'zod';

/**
 * Parses an object with long lists: each item of a list by itself, so that other requests run meanwhile.
 * @throws {z.ZodError}
 */
export async function parseInSteps(schema: z.ZodType, value: unknown): Promise<unknown> {
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null)
    return schema.parse(value);
  const pauses = new Pauses();
  const lists: Record<string, unknown[]> = {};
  const emptied: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries<unknown>(schema.shape)) {
    const given = emptied[name];
    if (!(field instanceof z.ZodArray) || !Array.isArray(given)) continue;
    const parsed: unknown[] = [];
    for (const item of given) {
      parsed.push(z.parse(field.element, item));
      await pauses.pause();
    }
    lists[name] = parsed;
    emptied[name] = [];
  }
  return { ...schema.parse(emptied), ...lists };
}

import * as z from 'zod';

/** What the answers have in common that are a page of a list. */
export const pageSchema = z
  .object({
    status: z.literal('ok'),
    next: z.string().nullable().describe('`before` of the next page; null: the last'),
  })
  .meta({ id: 'Page' });

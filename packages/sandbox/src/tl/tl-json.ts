import { z } from 'zod';
import type { TlCombinator, TlField, TlSchema } from './schema.ts';
import { parseTlType } from './tl-text.ts';

const typed = {
  type: z.string(),
  typeModifiers: z.object({ isVector: z.boolean().optional(), predicate: z.string().optional() }).optional(),
};

const jsonSchema = z.object({
  l: z.int().positive(),
  e: z.array(
    z.object({
      kind: z.enum(['class', 'method']),
      name: z.string(),
      id: z.int().nonnegative(),
      ...typed,
      arguments: z.array(z.object({ name: z.string(), ...typed })),
    }),
  ),
});

type Entry = z.infer<typeof jsonSchema>['e'][number];
type Typed = Pick<Entry, 'type' | 'typeModifiers'>;

/** `int53` is mtcute's name for a `long` that fits into a JavaScript number. */
function typeText({ type, typeModifiers }: Typed): string {
  const name = type === 'int53' ? 'long' : type;
  return typeModifiers?.isVector === true ? `Vector<${name}>` : name;
}

function toField(argument: Entry['arguments'][number]): TlField {
  const type = parseTlType(typeText(argument));
  const [flags, bit] = argument.typeModifiers?.predicate?.split('.') ?? [];
  if (flags === undefined || bit === undefined) return { name: argument.name, type };
  return { name: argument.name, type, condition: { flags, bit: Number(bit) } };
}

/**
 * Reads the API schema that mtcute ships as JSON.
 * @throws {z.ZodError} if it does not have that form.
 */
export function parseTlJson(json: unknown): TlSchema {
  const { l: layer, e: entries } = jsonSchema.parse(json);
  const combinators = entries.map((entry): TlCombinator => ({
    kind: entry.kind === 'method' ? 'method' : 'constructor',
    name: entry.name,
    id: entry.id,
    fields: entry.arguments.map(toField),
    result: typeText(entry),
  }));
  return { layer, combinators };
}

import { z } from 'zod';
import type { TlCombinator, TlField, TlSchema } from './schema.ts';
import { parseTlType } from './tl-text.ts';

const argument = z.object({
  /** `null` for a `#` field. */
  type: z.string().nullable(),
  isVector: z.boolean(),
  /** Whether the vector has a constructor id. */
  useVectorId: z.boolean().nullable(),
  isFlag: z.boolean(),
  flagName: z.string().nullable(),
  flagIndex: z.int(),
});

const objectsSchema = z.array(
  z.object({
    namespace: z.string().optional(),
    name: z.string(),
    constructorId: z.int().nonnegative(),
    argsConfig: z.record(z.string(), argument),
    result: z.string(),
    isFunction: z.boolean(),
  }),
);

type Argument = z.infer<typeof argument>;

/** Names that do not follow from teleproto's. */
const NAMES: Readonly<Record<string, string>> = { srp_B: 'srp_B', A: 'A', M1: 'M1' };

/** `accessHash` → `access_hash`. */
function fieldName(name: string): string {
  return NAMES[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function typeText({ type, isVector, useVectorId }: Argument): string {
  if (type === null) return '#';
  if (type === 'X') return '!X';
  if (!isVector) return type;
  return useVectorId === true ? `Vector<${type}>` : `vector<${type}>`;
}

function toField([name, given]: [string, Argument]): TlField {
  const field = { name: fieldName(name), type: parseTlType(typeText(given)) };
  if (!given.isFlag || given.flagName === null) return field;
  return { ...field, condition: { flags: given.flagName, bit: given.flagIndex } };
}

/** Constructors that the codec has built in. */
const BUILT_IN: ReadonlySet<string> = new Set(['Vector', 'BoolTrue', 'BoolFalse']);

/**
 * Reads the API schema that teleproto ships as JavaScript objects, which do not name their layer.
 * @throws {z.ZodError} if it does not have that form.
 */
export function parseTlObjects(objects: unknown, layer: number): TlSchema {
  const combinators = objectsSchema
    .parse(objects)
    .filter(({ name }) => !BUILT_IN.has(name))
    .map(({ namespace, name, constructorId, argsConfig, result, isFunction }): TlCombinator => {
      const own = name.charAt(0).toLowerCase() + name.slice(1);
      return {
        kind: isFunction ? 'method' : 'constructor',
        name: namespace === undefined ? own : `${namespace}.${own}`,
        id: constructorId,
        fields: Object.entries(argsConfig).map(toField),
        result,
      };
    });
  return { layer, combinators };
}

import fc from 'fast-check';
import type { JsonSchema } from './operations.ts';

/** The parts of JSON Schema that the API's document uses for values. */
export interface ValueSchema extends JsonSchema {
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  additionalProperties?: unknown;
}

/** Values that a schema allows, except for lookaheads and conditions, which the caller must check. */
export function valuesOf(schema: ValueSchema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type) => valuesOf({ ...schema, type })));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === undefined && schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({
        min: Math.max(Number.MIN_SAFE_INTEGER, schema.minimum ?? (schema.exclusiveMinimum ?? -1_000) + 1),
        max: Math.min(Number.MAX_SAFE_INTEGER, schema.maximum ?? 2 ** 31),
      });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000, noNaN: true });
    case 'string':
      return stringsOf(schema);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        // Of alternatives the first.
        maxLength: schema.anyOf?.[0]?.maxItems ?? 3,
      });
    case 'object':
      return objectsOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function stringsOf({ pattern, format, minLength = 0, maxLength = 200 }: ValueSchema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({
        min: new Date('1990-01-01'),
        max: new Date(Date.now() + 300 * 86_400_000),
        noInvalidDate: true,
      })
      .chain((date) => fc.constantFrom(date.toISOString(), date.toISOString().replace(/\.\d+Z$/, '+05:30')));
  if (pattern === undefined)
    return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 2_000) });
  return fc.stringMatching(new RegExp(withoutLookaheads(pattern), 'u'), { maxLength });
}

/** fast-check cannot generate strings for lookaheads. */
function withoutLookaheads(pattern: string): string {
  const begin = pattern.indexOf('(?!');
  if (begin < 0) return pattern;
  let depth = 0;
  for (let end = begin; end < pattern.length; end++) {
    if (pattern[end] === '\\') end += 1;
    else if (pattern[end] === '(') depth += 1;
    else if (pattern[end] === ')') depth -= 1;
    if (depth === 0) return withoutLookaheads(pattern.slice(0, begin) + pattern.slice(end + 1));
  }
  throw new Error(`no end of a lookahead: ${pattern}`);
}

/**
 * Of fields that need one another, each object has those of one alternative, and none of those that exclude it. Fields
 * that others need are always there.
 */
function objectsOf(schema: ValueSchema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], anyOf = [], oneOf = [] } = schema;
  const objects = (alternative: JsonSchema, excluded: readonly string[] = []) => {
    const chosen = [...(alternative.required ?? []), ...(schema.then?.required ?? [])];
    const fields = Object.entries(properties)
      .filter(([name]) => !excluded.includes(name))
      .map(([name, inner]) => {
        const values = valuesOf(inner);
        return [name, chosen.includes(name) ? values.filter((value) => value !== null) : values] as const;
      });
    return fc.record(Object.fromEntries(fields), { requiredKeys: [...required, ...chosen] });
  };
  const alternatives = [
    ...anyOf.map((each) => objects(each)),
    ...oneOf.flatMap((each) => {
      const excluded = oneOf.filter((other) => other !== each).flatMap(fieldsOf);
      return (each.anyOf ?? [each]).map((one) => objects(one, excluded));
    }),
  ];
  return alternatives.length === 0 ? objects({}) : fc.oneof(...alternatives);
}

/** The fields that an alternative needs, or one of its own alternatives. */
function fieldsOf({ required = [], anyOf = [] }: JsonSchema): string[] {
  return [...required, ...anyOf.flatMap(fieldsOf)];
}
